const octetPattern = /^(?:0|[1-9][0-9]{0,2})$/;
const groupPattern = /^[0-9a-f]{1,4}$/i;

/** Whether the text is an IPv4 address without leading zeros, which some programs read as octal. */
export function isIPv4(text: string): boolean {
  const octets = text.length > 15 ? [] : text.split('.');
  return octets.length === 4 && octets.every((octet) => octetPattern.test(octet) && Number(octet) <= 255);
}

/** Whether the text is an IPv6 address (RFC 4291 §2.2), without brackets and zone; it may end with an IPv4 address. */
export function isIPv6(text: string): boolean {
  const halves = text.length > 45 ? [] : text.split('::');
  if (halves.length < 1 || halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const tail = text.slice(text.lastIndexOf(':') + 1);
  const hasIPv4Tail = isIPv4(tail);
  if (hasIPv4Tail) groups.pop();
  if (!groups.every((group) => groupPattern.test(group))) return false;
  const count = groups.length + (hasIPv4Tail ? 2 : 0);
  return halves.length === 2 ? count <= 7 : count === 8;
}
