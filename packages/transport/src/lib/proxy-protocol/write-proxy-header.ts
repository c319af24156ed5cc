import { type IpAddress, parseIpAddress } from '@windhover/ip';
import { crc32c } from './crc32c.ts';
import type { ProxiedAddresses } from './proxy-header.ts';

/** What a version 2 header says beside the addresses. */
export interface ProxyHeaderFacts {
  /** The name that the client asked for in its TLS handshake. */
  readonly authority?: string | null;
  /** The TLS between the client and this server. */
  readonly tls?: { readonly protocol: string; readonly cipher: string } | null;
}

/**
 * Writes a PROXY header, one character for each byte (latin1). Addresses of both kinds, and those of a Unix socket, which
 * has none, are written as the specification wants: as IPv6, and as UNKNOWN or LOCAL.
 *
 * @param addresses `null`: this server speaks for itself, for instance in a health check
 */
export function writeProxyHeader(
  version: 1 | 2,
  addresses: ProxiedAddresses | null,
  facts: ProxyHeaderFacts = {},
): string {
  const ends = addresses === null ? null : endsOf(addresses);
  if (version === 1) return ends === null ? 'PROXY UNKNOWN\r\n' : writeLine(addresses!, ends);
  return ends === null
    ? writeBinary(0x20, 0, [])
    : writeBinary(0x21, ends.isIPv4 ? 0x11 : 0x21, [
        ...[...ends.remote, ...ends.local].flatMap(bytesOf16),
        ...bytesOf16(addresses!.remotePort),
        ...bytesOf16(addresses!.localPort),
        ...extensionsOf(facts),
      ]);
}

interface Ends {
  readonly isIPv4: boolean;
  readonly remote: IpAddress;
  readonly local: IpAddress;
}

function endsOf({ remoteAddress, localAddress }: ProxiedAddresses): Ends | null {
  const remote = parseIpAddress(remoteAddress);
  const local = parseIpAddress(localAddress);
  if (remote === null || local === null) return null;
  if (remote.length === local.length) return { isIPv4: remote.length === 2, remote, local };
  return { isIPv4: false, remote: asIPv6(remote), local: asIPv6(local) };
}

function writeLine({ remotePort, localPort }: ProxiedAddresses, { isIPv4, remote, local }: Ends): string {
  return `PROXY ${isIPv4 ? 'TCP4' : 'TCP6'} ${textOf(remote)} ${textOf(local)} ${remotePort} ${localPort}\r\n`;
}

/** The full form: an IPv4-mapped address must stay one of IPv6. */
function textOf(address: IpAddress): string {
  if (address.length === 8) return address.map((group) => group.toString(16)).join(':');
  return address.flatMap(bytesOf16).join('.');
}

function asIPv6(address: IpAddress): IpAddress {
  return address.length === 8 ? address : [0, 0, 0, 0, 0, 0xffff, ...address];
}

function extensionsOf({ authority, tls }: ProxyHeaderFacts): readonly number[] {
  const told = [
    ...(authority ? extension(0x02, Buffer.from(authority)) : []),
    ...(tls ? extension(0x20, [1, 0, 0, 0, 1, ...text(0x21, tls.protocol), ...text(0x23, tls.cipher)]) : []),
  ];
  return [...told, ...extension(0x03, [0, 0, 0, 0])];
}

function text(type: number, value: string): readonly number[] {
  return extension(type, Buffer.from(value));
}

function extension(type: number, value: Iterable<number>): readonly number[] {
  const bytes = [...value];
  return [type, ...bytesOf16(bytes.length), ...bytes];
}

/** The checksum stands last, if there are extensions. */
function writeBinary(command: number, family: number, rest: readonly number[]): string {
  const head = [0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, command, family];
  const bytes = Buffer.from([...head, ...bytesOf16(rest.length), ...rest]);
  if (rest.length > 0) bytes.writeUInt32BE(crc32c(bytes, bytes.byteLength - 4), bytes.byteLength - 4);
  return bytes.toString('latin1');
}

function bytesOf16(value: number): readonly number[] {
  return [value >> 8, value & 0xff];
}
