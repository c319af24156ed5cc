import { decodeLatin1 } from './latin1.ts';
import type { Memory } from './memory-of.ts';

/** More than a burst of heads has; what follows may be a body, whose characters nobody needs. */
const maxLength = 4096;

const nothing = new Uint8Array(0);

/**
 * The characters of heads. Each call into the runtime costs as much as reading a short head, so those that arrive in one chunk are decoded
 * together, from the second one on.
 */
export class ChunkText {
  #chunk: Uint8Array = nothing;
  #offset = 0;
  #end = 0;
  /** Whether a head of the chunk was read before this one. */
  #isSecond = false;
  #text = '';
  /** Where the text begins in memory. */
  #start = 0;

  /** The next head is read from `offset` of `chunk` on. Lent memory is used again, so only what follows without a gap is the same chunk. */
  continueAt(chunk: Uint8Array, offset: number, end: number): void {
    this.#isSecond = chunk === this.#chunk && offset === this.#offset && end === this.#end && offset > 0;
    if (!this.#isSecond) this.#text = '';
    this.#chunk = chunk;
    this.#end = end;
  }

  /** Where the head ends. */
  readTo(offset: number): void {
    this.#offset = offset;
    if (offset === this.#end) this.#chunk = nothing;
  }

  /** The characters of a head that lies from `start` to `end` in memory. */
  slice({ bytes, base }: Memory, start: number, end: number): string {
    if (!this.#isSecond) return decodeLatin1(bytes, start, end);
    if (this.#text === '' || end - this.#start > this.#text.length) {
      this.#start = start;
      this.#text = decodeLatin1(bytes, start, Math.max(end, Math.min(start + maxLength, base + this.#end)));
    }
    return this.#text.slice(start - this.#start, end - this.#start);
  }
}
