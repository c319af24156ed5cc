import { COLON, hexValue, isDigitByte, isHostNameByte, NOT_HEX } from './byte-class.ts';

const PERCENT = 0x25;
const DOT = 0x2e;
const ZERO = 0x30;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const MAX_PORT = 65_535;
const MAX_PORT_DIGITS = 5;

/** Whether the bytes are `uri-host [ ":" port ]` (RFC 9110 §7.2) with a non-empty host. User information is refused. */
export function isHostAndPort(bytes: Uint8Array, start: number, end: number): boolean {
  const hostEnd = findHostEnd(bytes, start, end);
  if (hostEnd <= start) return false;
  return hostEnd === end || isPort(bytes, hostEnd, end);
}

/** The same with a required port, as in the target of CONNECT (RFC 9112 §3.2.3). */
export function isHostWithPort(bytes: Uint8Array, start: number, end: number): boolean {
  const hostEnd = findHostEnd(bytes, start, end);
  return hostEnd > start && hostEnd + 1 < end && isPort(bytes, hostEnd, end);
}

/** The position after the host, or -1 if there is none. */
function findHostEnd(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] === OPEN_BRACKET) {
    const close = bytes.subarray(0, end).indexOf(CLOSE_BRACKET, start);
    return close > 0 && isIpv6(bytes, start + 1, close) ? close + 1 : -1;
  }
  let position = start;
  while (position < end) {
    const byte = bytes[position]!;
    if (isHostNameByte[byte] === 1) position++;
    else if (byte === PERCENT && isEscape(bytes, position, end)) position += 3;
    else break;
  }
  return position;
}

function isEscape(bytes: Uint8Array, position: number, end: number): boolean {
  return position + 2 < end && hexValue[bytes[position + 1]!] !== NOT_HEX && hexValue[bytes[position + 2]!] !== NOT_HEX;
}

/** Whether a colon and a port follow; RFC 3986 §3.2.3 allows an empty port. */
function isPort(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== COLON || end - start - 1 > MAX_PORT_DIGITS) return false;
  let port = 0;
  for (let position = start + 1; position < end; position++) {
    const byte = bytes[position]!;
    if (isDigitByte[byte] !== 1) return false;
    port = port * 10 + byte - ZERO;
  }
  return port <= MAX_PORT;
}

/** RFC 3986 §3.2.2 `IPv6address`, without a zone. */
function isIpv6(bytes: Uint8Array, start: number, end: number): boolean {
  let groups = 0;
  let isCompressed = false;
  let position = start;
  if (bytes[start] === COLON) {
    if (bytes[start + 1] !== COLON) return false;
    isCompressed = true;
    position += 2;
  }
  while (position < end) {
    const groupStart = position;
    while (position < end && hexValue[bytes[position]!] !== NOT_HEX) position++;
    if (bytes[position] === DOT) {
      if (!isIpv4(bytes, groupStart, end)) return false;
      groups += 2;
      break;
    }
    const digits = position - groupStart;
    if (digits === 0 || digits > 4) return false;
    groups++;
    if (position === end) break;
    if (bytes[position++] !== COLON || position === end) return false;
    if (bytes[position] !== COLON) continue;
    if (isCompressed) return false;
    isCompressed = true;
    position++;
  }
  return isCompressed ? groups <= 7 : groups === 8;
}

function isIpv4(bytes: Uint8Array, start: number, end: number): boolean {
  let position = start;
  for (let part = 0; part < 4; part++) {
    const partStart = position;
    let value = 0;
    while (position < end && isDigitByte[bytes[position]!] === 1) value = value * 10 + bytes[position++]! - ZERO;
    const digits = position - partStart;
    if (digits === 0 || digits > 3 || value > 255 || (digits > 1 && bytes[partStart] === ZERO)) return false;
    if (part < 3 && bytes[position++] !== DOT) return false;
  }
  return position === end;
}
