import { isIPv6 } from '@windhover/http-semantics';

/**
 * An IP address as 16-bit groups: two for IPv4, eight for IPv6. An IPv4-mapped address (RFC 4291 §2.5.5.2) is stored as
 * IPv4.
 */
export type IpAddress = readonly number[];

/** Parses an address without brackets and port; a zone (`%eth0`) is dropped. `null` for anything else. */
export function parseIpAddress(text: string): IpAddress | null {
  if (!text.includes(':')) return parseIPv4(text);
  const zone = text.indexOf('%');
  const plain = zone < 0 ? text : text.slice(0, zone);
  return isIPv6(plain) ? toIPv4IfMapped(readIPv6(plain)) : null;
}

/**
 * Parses an IPv4 address: four decimal numbers up to 255 without leading zeros, in one pass. It runs for every request
 * behind a proxy, and `isIPv4` of `http-semantics` takes half a microsecond. A test checks that the two agree.
 */
export function parseIPv4(text: string): IpAddress | null {
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x2e) {
      if (octet < 0) return null;
      value = value * 256 + octet;
      octet = -1;
      dots += 1;
    } else {
      if (code < 0x30 || code > 0x39 || octet === 0) return null;
      octet = Math.max(octet, 0) * 10 + code - 0x30;
      if (octet > 255) return null;
    }
  }
  if (dots !== 3 || octet < 0) return null;
  return [value >>> 8, ((value & 0xff) << 8) | octet];
}

/** `text` must already be a valid address, as parsed by `http-semantics`. */
export function toIpAddress(text: string): IpAddress {
  return parseIPv4(text) ?? toIPv4IfMapped(readIPv6(text));
}

/**
 * Formats an address in its canonical form (RFC 5952), so that equal addresses give equal texts. The text shares no
 * memory with the request.
 */
export function formatIpAddress(address: IpAddress): string {
  if (address.length === 2) {
    const [high, low] = address as [number, number];
    return `${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
  }
  const { start, length } = longestZeros(address);
  const text = (groups: IpAddress): string => groups.map((group) => group.toString(16)).join(':');
  if (length < 2) return text(address);
  return `${text(address.slice(0, start))}::${text(address.slice(start + length))}`;
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
  return text.split(':').flatMap((group) => parseIPv4(group) ?? [Number.parseInt(group, 16)]);
}

function toIPv4IfMapped(groups: IpAddress): IpAddress {
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  return isMapped ? groups.slice(6) : groups;
}

/** The first of the longest runs of zero groups (RFC 5952 §4.2.3). */
function longestZeros(groups: IpAddress): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let index = 0; index < groups.length; index++) {
    if (groups[index] !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}
