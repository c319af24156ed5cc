import { parseForwardedNode } from '@windhover/http-semantics';

/** An IP address as groups of 16 bits: two for IPv4, eight for IPv6. An IPv4-mapped one (RFC 4291 §2.5.5.2) is IPv4. */
export type IpAddress = readonly number[];

/** Reads an address without brackets and port; a zone (`%eth0`) is left out. `null` for anything else. */
export function parseIpAddress(text: string): IpAddress | null {
  const zone = text.indexOf('%');
  const plain = zone < 0 ? text : text.slice(0, zone);
  const isIPv6 = plain.includes(':');
  const node = parseForwardedNode(isIPv6 ? `[${plain}]` : plain);
  if (node === null || node.kind !== 'ip' || node.port !== null || (zone >= 0 && !isIPv6)) return null;
  return isIPv6 ? toIPv4IfMapped(readIPv6(plain)) : readIPv4(plain);
}

/** The one text of an address (RFC 5952): equal addresses are equal texts. It shares no memory with what was read. */
export function formatIpAddress(address: IpAddress): string {
  if (address.length === 2) return address.map((group) => `${group >> 8}.${group & 0xff}`).join('.');
  const { start, length } = longestZeros(address);
  const text = (groups: IpAddress): string => groups.map((group) => group.toString(16)).join(':');
  if (length < 2) return text(address);
  return `${text(address.slice(0, start))}::${text(address.slice(start + length))}`;
}

function readIPv4(text: string): number[] {
  const [a, b, c, d] = text.split('.').map(Number) as [number, number, number, number];
  return [(a << 8) | b, (c << 8) | d];
}

function readIPv6(text: string): number[] {
  const [head = '', tail] = text.split('::');
  const first = readGroups(head);
  if (tail === undefined) return first;
  const last = readGroups(tail);
  return [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
}

function readGroups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => (group.includes('.') ? readIPv4(group) : [Number.parseInt(group, 16)]));
}

function toIPv4IfMapped(groups: IpAddress): IpAddress {
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  return isMapped ? groups.slice(6) : groups;
}

/** The first of the longest runs of zeros (RFC 5952 §4.2.3). */
function longestZeros(groups: IpAddress): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let index = 0; index < groups.length; index++) {
    if (groups[index] !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}
