import { formatIpAddress, type IpAddress, parseIpAddress } from './ip-address.ts';

/** The addresses that begin with the same bits. */
export interface IpNetwork {
  /** The first address. */
  readonly address: IpAddress;
  /** How many leading bits all its addresses share. */
  readonly bits: number;
  /** For each group, a mask of these bits. */
  readonly masks: readonly number[];
}

/**
 * Parses an address or a network, written as `address/bits`. Returns what is wrong with anything else, to complete a
 * message: `expected 0 to 32 bits`. The address must be the first one of its network: another one is probably a mistake.
 */
export function parseIpNetwork(text: string): IpNetwork | string {
  const parts = /^([0-9A-Fa-f:.]+)(?:\/(0|[1-9][0-9]{0,2}))?$/.exec(text);
  const address = parts === null ? null : parseIpAddress(parts[1]!);
  if (parts === null || address === null) return 'expected an IP address, or a network such as 10.0.0.0/8';
  const size = address.length * 16;
  const isMapped = address.length === 2 && parts[1]!.includes(':');
  const written = parts[2] === undefined ? null : Number(parts[2]);
  const bits = written === null ? size : written - (isMapped ? 96 : 0); // ::ffff:10.0.0.0/104 is 10.0.0.0/8
  if (bits < 0 || bits > size) return `expected ${isMapped ? '96 to 128' : `0 to ${size}`} bits`;
  const masks = address.map((_, index) => maskOf(bits, index));
  const start = address.map((group, index) => group & masks[index]!);
  if (start.some((group, index) => group !== address[index]))
    return `the network of that size begins at ${formatIpAddress(start)}`;
  return { address, bits, masks };
}

/** Whether an address belongs to a network. `::/0` has every IPv6 address and no IPv4 address. */
export function isInNetwork(address: IpAddress, { address: start, masks }: IpNetwork): boolean {
  if (start.length !== address.length) return false;
  for (let index = 0; index < start.length; index++) {
    if (start[index] !== (address[index]! & masks[index]!)) return false;
  }
  return true;
}

/** The bits of a 16-bit group that belong to the network. */
function maskOf(bits: number, group: number): number {
  const here = Math.min(16, Math.max(0, bits - group * 16));
  return (0xffff << (16 - here)) & 0xffff;
}
