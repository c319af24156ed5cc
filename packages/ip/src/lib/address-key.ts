import { parseIpAddress } from './ip-address.ts';

/**
 * The key under which an address is counted. An IPv4 address counts as itself, also when written as IPv6
 * (`::ffff:192.0.2.1`). An IPv6 address counts as its network: one subscriber has at least a /64 (RFC 6177), so its
 * 2^64 addresses must not pass for as many clients. `null` if there is no IP address: Unix sockets and memory.
 *
 * @param ipv6Bits how many leading bits of an IPv6 address count, 1 to 128. Default: 64
 */
export function addressKey(address: string, ipv6Bits = 64): string | null {
  if (!address.includes(':')) return address === '' ? null : address;
  const groups = parseIpAddress(address);
  if (groups === null) return address;
  if (groups.length === 2) return groups.flatMap((group) => [group >> 8, group & 255]).join('.');
  const whole = groups.slice(0, Math.ceil(ipv6Bits / 16));
  const rest = ipv6Bits % 16;
  if (rest > 0) whole[whole.length - 1]! &= (0xffff << (16 - rest)) & 0xffff;
  const text = whole.map((group) => group.toString(16)).join(':');
  return ipv6Bits === 128 ? text : `${text}${whole.length < 8 ? '::' : ''}/${ipv6Bits}`;
}
