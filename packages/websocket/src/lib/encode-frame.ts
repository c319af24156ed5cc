import { randomFillSync } from 'node:crypto';

/** What a frame is, beside its payload. */
export interface FrameKind {
  readonly opcode: number;
  /** Whether the payload is compressed (RFC 7692 §6). */
  readonly isCompressed?: boolean;
}

/** Returns the header of an unmasked frame that is a whole message, as latin1 text: short strings are cheaper than buffers. */
export function headText(opcode: number, length: number, isCompressed = false): string {
  const first = String.fromCharCode(0x80 | (isCompressed ? 0x40 : 0) | opcode);
  if (length < 126) return first + String.fromCharCode(length);
  if (length < 2 ** 16) return `${first}\x7e${String.fromCharCode(length >>> 8, length & 0xff)}`;
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return `${first}\x7f${bytes.toString('latin1')}`;
}

/** Returns a whole unmasked frame, as a server sends it. */
export function encodeFrame(kind: FrameKind, payload: string | Uint8Array): Buffer {
  const length = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
  const head = headText(kind.opcode, length, kind.isCompressed);
  const frame = Buffer.allocUnsafe(head.length + length);
  frame.write(head, 0, 'latin1');
  if (typeof payload === 'string') frame.write(payload, head.length);
  else frame.set(payload, head.length);
  return frame;
}

/** Keys are taken from here: asking the system for each four bytes is slow. */
const keys = Buffer.alloc(4096);
let used = keys.length;

/** Returns a whole masked frame, as a client sends it (RFC 6455 §5.3: each frame has a new random key). */
export function encodeMaskedFrame(kind: FrameKind, payload: string | Uint8Array): Buffer {
  const length = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
  const head = headText(kind.opcode, length, kind.isCompressed);
  const start = head.length + 4;
  const frame = Buffer.allocUnsafe(start + length);
  frame.write(head, 0, 'latin1');
  frame[1]! |= 0x80;
  if (used === keys.length) {
    randomFillSync(keys);
    used = 0;
  }
  for (let index = 0; index < 4; index++) frame[head.length + index] = keys[used++]!;
  if (typeof payload === 'string') frame.write(payload, start);
  else frame.set(payload, start);
  for (let index = 0; index < length; index++) frame[start + index]! ^= frame[head.length + (index & 3)]!;
  return frame;
}

/** Returns the payload of a close frame (RFC 6455 §5.5.1). */
export function closePayload(code: number, reason: string): Buffer {
  const payload = Buffer.allocUnsafe(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code, 0);
  payload.write(reason, 2);
  return payload;
}
