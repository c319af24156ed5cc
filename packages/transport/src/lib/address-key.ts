/**
 * The key under which an address is counted. An IPv4 address counts as itself, also when written as IPv6
 * (`::ffff:192.0.2.1`). An IPv6 address counts as its /64: one subscriber has at least that much (RFC 6177), so its
 * 2^64 addresses must not pass for as many clients. `null` if there is no IP address: Unix sockets and memory.
 */
export function addressKey(address: string): string | null {
  if (!address.includes(':')) return address === '' ? null : address;
  const groups = expand(address.replace(/%.*$/, ''));
  const isMapped = groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff';
  if (!isMapped) return `${groups.slice(0, 4).join(':')}::/64`;
  return groups.slice(6).flatMap(bytesOf).join('.');
}

/** The eight groups of an IPv6 address, without leading zeros. */
function expand(address: string): readonly string[] {
  const [head = '', tail] = address.split('::').map(groupsOf);
  if (tail === undefined) return head as string[];
  const missing = 8 - head.length - tail.length;
  return [...head, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...tail];
}

function groupsOf(text: string): string[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => (group.includes('.') ? pairsOf(group) : [trim(group)]));
}

/** An IPv4 address at the end, as two groups. */
function pairsOf(ipv4: string): string[] {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number);
  return [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
}

function bytesOf(group: string): number[] {
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 255];
}

function trim(group: string): string {
  return group.toLowerCase().replace(/^0+(?=.)/, '');
}
