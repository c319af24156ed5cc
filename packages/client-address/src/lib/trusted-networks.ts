import { type IpAddress, type IpNetwork, isInNetwork, parseIpNetwork } from '@windhover/ip';
import { clientAddressError } from './errors.ts';

/** What `parseIpNetwork` says of a text that is no address at all. */
const unknown = 'expected an IP address, or a network such as 10.0.0.0/8';

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
    has: (address) => networks.some((network) => isInNetwork(address, network)),
  };
}

function parseNetwork(text: string): IpNetwork {
  const network = typeof text === 'string' ? parseIpNetwork(text) : unknown;
  if (typeof network !== 'string') return network;
  const names = `, or one of ${Object.keys(presets).join(', ')}, unix`;
  throw refuse(text, network === unknown ? `${unknown.replace(', or', ',')}${names}` : network);
}

function refuse(entry: unknown, why: string): Error {
  return clientAddressError('CLIENT_ADDRESS_TRUST_INVALID', `${JSON.stringify(entry)}: ${why}`);
}
