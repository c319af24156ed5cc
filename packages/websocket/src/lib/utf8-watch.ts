import { isUtf8 } from 'node:buffer';

/**
 * Checks UTF-8 that arrives in pieces, and notices a mistake at the first byte that makes it certain (RFC 6455 §8.1), so
 * that an invalid text is refused before the rest of it has come.
 */
export class Utf8Watch {
  /** How many continuation bytes the sequence under way needs. */
  private missing = 0;
  /** The range of its next byte: after some lead bytes it is narrower than 80–BF (RFC 3629 §4). */
  private low = 0x80;
  private high = 0xbf;

  /** Whether no sequence is under way. */
  get isComplete(): boolean {
    return this.missing === 0;
  }

  /** Takes the next bytes. Returns false if they cannot be part of a valid text. */
  push(bytes: Uint8Array): boolean {
    let start = 0;
    while (this.missing > 0 && start < bytes.length) if (!this.take(bytes[start++]!)) return false;
    const end = startOfTail(bytes, start);
    if (start < end && !isUtf8(bytes.subarray(start, end))) return false;
    for (let index = end; index < bytes.length; index++) if (!this.take(bytes[index]!)) return false;
    return true;
  }

  private take(byte: number): boolean {
    if (this.missing > 0) {
      if (byte < this.low || byte > this.high) return false;
      this.missing -= 1;
      this.low = 0x80;
      this.high = 0xbf;
      return true;
    }
    if (byte < 0x80) return true;
    if (byte < 0xc2 || byte > 0xf4) return false;
    this.missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (byte === 0xe0) this.low = 0xa0;
    if (byte === 0xed) this.high = 0x9f;
    if (byte === 0xf0) this.low = 0x90;
    if (byte === 0xf4) this.high = 0x8f;
    return true;
  }
}

/** Where the last sequence begins, if it may be incomplete; otherwise the end. */
function startOfTail(bytes: Uint8Array, start: number): number {
  for (let index = bytes.length - 1; index >= Math.max(start, bytes.length - 3); index--) {
    const byte = bytes[index]!;
    if (byte < 0x80) break;
    if (byte >= 0xc0) return index;
  }
  return bytes.length;
}
