import { formatIpAddress, type IpAddress, parseIpAddress } from '@windhover/ip';
import { crc32c } from './crc32c.ts';
import type { ProxiedAddresses, ProxyHeader } from './proxy-header.ts';
import { proxyHeaderError } from './proxy-header-error.ts';

const fixedBytes = 16;
/**
 * The longest header, extensions included. Clouds send some dozens of bytes; HAProxy with a client certificate sends a
 * few thousand, and its own buffer is that large.
 */
export const maxProxyHeaderBytes = 16 * 1024;

const checksumType = 0x03;

/** Reads a header of version 2 whose signature is complete. `null`: more bytes are needed. */
export function readProxyV2(bytes: Uint8Array): ProxyHeader | null {
  if (bytes.byteLength < fixedBytes) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const versionAndCommand = view.getUint8(12);
  if (versionAndCommand >> 4 !== 2) throw proxyHeaderError(`its version is ${versionAndCommand >> 4}, expected 2`);
  const command = versionAndCommand & 0xf;
  if (command > 1) throw proxyHeaderError(`its command is ${command}, expected 0 (LOCAL) or 1 (PROXY)`);
  const byteLength = fixedBytes + view.getUint16(14);
  if (byteLength > maxProxyHeaderBytes)
    throw proxyHeaderError(`it has ${byteLength} bytes, more than ${maxProxyHeaderBytes}`);
  const family = view.getUint8(13);
  const addressBytes = lengthOf(family);
  if (byteLength < fixedBytes + addressBytes)
    throw proxyHeaderError(`it has ${byteLength - fixedBytes} bytes of addresses, expected ${addressBytes}`);
  if (bytes.byteLength < byteLength) return null;
  const header = bytes.subarray(0, byteLength);
  const tlvs =
    family >> 4 === 0 && command === 0 ? new Map<number, Uint8Array>() : readTlvs(header, fixedBytes + addressBytes);
  verify(header, tlvs);
  return { version: 2, addresses: command === 0 ? null : addressesOf(view, family), tlvs, byteLength };
}

/** Reads extensions, and the parts of one that has such. */
export function readTlvs(bytes: Uint8Array, start: number): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  for (let at = start; at < bytes.byteLength; ) {
    if (at + 3 > bytes.byteLength) throw proxyHeaderError('an extension is cut off');
    const length = (bytes[at + 1]! << 8) | bytes[at + 2]!;
    const end = at + 3 + length;
    if (end > bytes.byteLength)
      throw proxyHeaderError(`an extension of type ${bytes[at]} has ${length} bytes, more than are there`);
    if (!found.has(bytes[at]!)) found.set(bytes[at]!, bytes.slice(at + 3, end)); // a copy: the bytes are lent
    at = end;
  }
  return found;
}

/** Which addresses follow: those of AF_UNSPEC are skipped, like everything of a LOCAL header. */
function lengthOf(family: number): number {
  const kind = family >> 4;
  if (kind > 3) throw proxyHeaderError(`its address family is ${kind}, expected 0 to 3`);
  if ((family & 0xf) > 2) throw proxyHeaderError(`its protocol is ${family & 0xf}, expected 0 to 2`);
  return [0, 12, 36, 216][kind]!;
}

function addressesOf(view: DataView, family: number): ProxiedAddresses | null {
  const kind = family >> 4;
  if (kind === 0) return null;
  if (kind === 3) return { remoteAddress: '', remotePort: 0, localAddress: readPath(view, 124), localPort: 0 };
  const size = kind === 1 ? 4 : 16;
  return {
    remoteAddress: readAddress(view, fixedBytes, size),
    localAddress: readAddress(view, fixedBytes + size, size),
    remotePort: view.getUint16(fixedBytes + 2 * size),
    localPort: view.getUint16(fixedBytes + 2 * size + 2),
  };
}

function readAddress(view: DataView, start: number, size: number): string {
  const groups: IpAddress = Array.from({ length: size / 2 }, (_, index) => view.getUint16(start + 2 * index));
  const text = formatIpAddress(groups);
  return size === 4 ? text : formatIpAddress(parseIpAddress(text)!); // an IPv4-mapped one as IPv4
}

/** The name of a Unix socket, which ends with a NUL or fills its place. */
function readPath(view: DataView, start: number): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + start, 108);
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8');
}

function verify(header: Uint8Array, tlvs: ReadonlyMap<number, Uint8Array>): void {
  const written = tlvs.get(checksumType);
  if (written === undefined) return;
  if (written.byteLength !== 4) throw proxyHeaderError(`its checksum has ${written.byteLength} bytes, expected 4`);
  const expected = new DataView(written.buffer, written.byteOffset).getUint32(0);
  if (crc32c(header, placeOf(header, checksumType)) !== expected) throw proxyHeaderError('its checksum is wrong');
}

function placeOf(header: Uint8Array, type: number): number {
  let at = fixedBytes + lengthOf(header[13]!);
  while (header[at] !== type) at += 3 + ((header[at + 1]! << 8) | header[at + 2]!);
  return at + 3;
}
