import { WebSocketError } from './errors.ts';

/** Returns the length of a header by its second byte. */
export function headerLength(second: number): number {
  const short = second & 0x7f;
  return 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + (second >= 0x80 ? 4 : 0);
}

/** Returns the length of the payload. Throws if it is not in its shortest form (RFC 6455 §5.2). */
export function payloadLength(bytes: Uint8Array, at: number): number {
  const short = bytes[at + 1]! & 0x7f;
  if (short < 126) return short;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at + 2);
  if (short === 126) {
    const length = view.getUint16(0);
    if (length < 126) throw lengthError();
    return length;
  }
  const high = view.getUint32(0);
  const length = high * 2 ** 32 + view.getUint32(4);
  if (high >= 2 ** 31 || length < 2 ** 16) throw lengthError();
  return length;
}

function lengthError(): WebSocketError {
  return new WebSocketError('WEBSOCKET_LENGTH_INVALID');
}
