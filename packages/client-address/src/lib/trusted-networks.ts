import { clientAddressError } from './errors.ts';
import { formatIpAddress, type IpAddress, parseIpAddress } from './ip-address.ts';

/** Names for well-known networks. */
const presets: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'], // RFC 1122 §3.2.1.3, RFC 4291 §2.5.3
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'], // RFC 1918 §3, RFC 4193 §3
  linklocal: ['169.254.0.0/16', 'fe80::/10'], // RFC 3927 §2.1, RFC 4291 §2.5.6
};

/** A preset of `trust`; `unix` means all peers of a Unix socket. */
export type TrustPreset = 'loopback' | 'private' | 'linklocal' | 'unix';

/** The parties that may make statements about the client. */
export interface TrustedNetworks {
  /** Whether peers of a Unix socket may. */
  readonly unix: boolean;
  readonly isEmpty: boolean;
  has(address: IpAddress): boolean;
}

interface Network {
  readonly address: IpAddress;
  /** For each group, a mask of the bits that belong to the network. */
  readonly masks: readonly number[];
}

/**
 * Parses addresses, networks as `address/bits`, and presets. Throws `CLIENT_ADDRESS_TRUST_INVALID` for anything else.
 */
export function parseTrust(trust: readonly string[]): TrustedNetworks {
  if (!Array.isArray(trust)) throw refuse(trust, 'expected a list');
  const entries = trust as readonly string[];
  const unix = entries.includes('unix');
  const networks = entries
    .filter((entry) => entry !== 'unix')
    .flatMap((entry) => (Object.hasOwn(presets, entry) ? presets[entry]! : [entry]))
    .map(parseNetwork);
  return {
    unix,
    isEmpty: networks.length === 0 && !unix,
    has: (address) => networks.some((network) => contains(network, address)),
  };
}

function parseNetwork(text: string): Network {
  const names = `an IP address, a network such as 10.0.0.0/8, or one of ${Object.keys(presets).join(', ')}, unix`;
  const parts = /^([0-9A-Fa-f:.]+)(?:\/(0|[1-9][0-9]{0,2}))?$/.exec(text);
  const address = parts === null ? null : parseIpAddress(parts[1]!);
  if (parts === null || address === null) throw refuse(text, `expected ${names}`);
  const size = address.length * 16;
  const isMapped = address.length === 2 && parts[1]!.includes(':');
  const written = parts[2] === undefined ? null : Number(parts[2]);
  const bits = written === null ? size : written - (isMapped ? 96 : 0); // ::ffff:10.0.0.0/104 is 10.0.0.0/8
  if (bits < 0 || bits > size) throw refuse(text, `expected ${isMapped ? '96 to 128' : `0 to ${size}`} bits`);
  const masks = address.map((_, index) => maskOf(bits, index));
  const start = address.map((group, index) => group & masks[index]!);
  if (start.some((group, index) => group !== address[index])) {
    throw refuse(text, `the network of that size begins at ${formatIpAddress(start)}`);
  }
  return { address, masks };
}

/** Compares only within one address family: `::/0` contains every IPv6 address and no IPv4 address. */
function contains({ address: start, masks }: Network, address: IpAddress): boolean {
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

function refuse(entry: unknown, why: string): Error {
  return clientAddressError('CLIENT_ADDRESS_TRUST_INVALID', `${JSON.stringify(entry)}: ${why}`);
}
