import { formatIpAddress, type IpAddress, type IpNetwork, parseIpAddress, parseIpNetwork } from '@windhover/ip';

/**
 * Parses `192.0.2.10-192.0.2.20` into the networks that cover it. Returns what is wrong, to complete a message; `null` if the text is no
 * range at all.
 */
export function parseIpRange(text: string): readonly IpNetwork[] | string | null {
  const dash = text.indexOf('-');
  if (dash < 0 || text.includes('/')) return null;
  const first = parseIpAddress(text.slice(0, dash));
  const last = parseIpAddress(text.slice(dash + 1));
  if (first === null && last === null) return null;
  if (first === null || last === null || first.length !== last.length || text.includes('%'))
    return 'expected a range of two addresses, such as 192.0.2.10-192.0.2.20';
  const size = BigInt(first.length * 16);
  const end = toNumber(last);
  let start = toNumber(first);
  if (start > end) return 'the second address of a range must not be smaller than the first';
  const networks: IpNetwork[] = [];
  while (start <= end) {
    let free = 0n; // the largest network that begins here and does not go beyond the end
    while (free < size && (start >> free) % 2n === 0n && start + (1n << (free + 1n)) - 1n <= end) free += 1n;
    networks.push(parseIpNetwork(`${formatIpAddress(toAddress(start, first.length))}/${size - free}`) as IpNetwork);
    start += 1n << free;
  }
  return networks;
}

function toNumber(address: IpAddress): bigint {
  return address.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n);
}

function toAddress(value: bigint, groups: number): IpAddress {
  return Array.from({ length: groups }, (_, index) => Number((value >> BigInt((groups - 1 - index) * 16)) & 0xffffn));
}
