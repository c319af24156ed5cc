import { decodeLatin1 } from './latin1.ts';
import type { Memory } from './memory-of.ts';

/** Longer than a usual burst of heads; more may be a body, whose characters nobody needs. */
const maxLength = 4096;

const nothing = new Uint8Array(0);

/**
 * Decodes the characters of heads. Each call into the runtime costs as much as parsing a short head, so pipelined heads
 * in one chunk are decoded together, from the second one on.
 */
export class ChunkText {
  #chunk: Uint8Array = nothing;
  #offset = 0;
  #end = 0;
  /** Whether another head of this chunk was parsed before this one. */
  #isSecond = false;
  #text = '';
  /** The position in memory at which the text begins. */
  #start = 0;

  /**
   * Call before the next head is parsed, from `offset` of `chunk`. Lent memory is reused, so only bytes that follow
   * without a gap count as the same chunk.
   */
  continueAt(chunk: Uint8Array, offset: number, end: number): void {
    this.#isSecond = chunk === this.#chunk && offset === this.#offset && end === this.#end && offset > 0;
    if (!this.#isSecond) this.#text = '';
    this.#chunk = chunk;
    this.#end = end;
  }

  /** Call with the end of the head. */
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
