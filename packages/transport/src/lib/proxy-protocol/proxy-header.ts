import { formatIpAddress, parseIpAddress } from '@windhover/ip';
import { proxyHeaderError } from './proxy-header-error.ts';
import { readProxyV2 } from './read-proxy-v2.ts';

/** The addresses of a connection, as the proxy has seen it. */
export interface ProxiedAddresses {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
}

/** A PROXY header. */
export interface ProxyHeader {
  readonly version: 1 | 2;
  /** `null`: the proxy speaks for itself (LOCAL, UNKNOWN), for instance in a health check. */
  readonly addresses: ProxiedAddresses | null;
  /** The extensions of version 2, by type; of a type that comes twice the first one. */
  readonly tlvs: ReadonlyMap<number, Uint8Array>;
  /** How many bytes it has. */
  readonly byteLength: number;
}

/** The first bytes of version 2. */
const signature = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a);
const prefix = Buffer.from('PROXY ', 'latin1');
/** The longest line of version 1, with CR LF (HAProxy, proxy-protocol.txt §2.1). */
const maxLine = 107;

/**
 * Reads a PROXY header from the first bytes of a connection, by HAProxy's specification. `null`: more bytes are needed.
 * Throws `TRANSPORT_PROXY_INVALID` as soon as it is certain that it is none.
 */
export function readProxyHeader(bytes: Uint8Array): ProxyHeader | null {
  if (beginsLike(bytes, signature)) return bytes.byteLength < signature.byteLength ? null : readProxyV2(bytes);
  if (!beginsLike(bytes, prefix)) throw proxyHeaderError(`it begins with ${showBytes(bytes)}`);
  return readLine(bytes);
}

function readLine(bytes: Uint8Array): ProxyHeader | null {
  const end = bytes.indexOf(0x0a);
  if (end < 0 && bytes.byteLength < maxLine) return null;
  if (end < 0 || end >= maxLine) throw proxyHeaderError(`its line is longer than ${maxLine} bytes`);
  if (bytes[end - 1] !== 0x0d) throw proxyHeaderError('its line ends without CR');
  const line = Buffer.from(bytes.subarray(0, end - 1)).toString('latin1');
  return { version: 1, addresses: readAddresses(line), tlvs: new Map(), byteLength: end + 1 };
}

/** The rest of a line with UNKNOWN is to be ignored. */
function readAddresses(line: string): ProxiedAddresses | null {
  const [, protocol, source, destination, sourcePort, destinationPort, ...more] = line.split(' ');
  if (protocol === 'UNKNOWN') return null;
  if (protocol !== 'TCP4' && protocol !== 'TCP6')
    throw proxyHeaderError(`its protocol is ${JSON.stringify(protocol)}, expected TCP4, TCP6 or UNKNOWN`);
  if (destinationPort === undefined || more.length > 0)
    throw proxyHeaderError('expected two addresses and two ports, with one space before each');
  return {
    remoteAddress: readAddress(source!, protocol),
    remotePort: readPort(sourcePort!),
    localAddress: readAddress(destination!, protocol),
    localPort: readPort(destinationPort),
  };
}

function readAddress(text: string, protocol: 'TCP4' | 'TCP6'): string {
  const isOfKind = text.includes(':') === (protocol === 'TCP6') && !text.includes('%');
  const address = isOfKind ? parseIpAddress(text) : null;
  if (address === null) throw proxyHeaderError(`${JSON.stringify(text)} is no address of ${protocol}`);
  return formatIpAddress(address);
}

function readPort(text: string): number {
  const port = /^(0|[1-9][0-9]{0,4})$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw proxyHeaderError(`${JSON.stringify(text)} is no port`);
  return port;
}

function beginsLike(bytes: Uint8Array, start: Uint8Array): boolean {
  const length = Math.min(bytes.byteLength, start.byteLength);
  for (let index = 0; index < length; index++) if (bytes[index] !== start[index]) return false;
  return true;
}

function showBytes(bytes: Uint8Array): string {
  return JSON.stringify(Buffer.from(bytes.subarray(0, 16)).toString('latin1'));
}
