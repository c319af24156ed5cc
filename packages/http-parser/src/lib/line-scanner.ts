import { CR, LF } from './byte-class.ts';
import { fail, type Http1ErrorCode } from './errors.ts';
import { findLineEnd } from './line-end.ts';
import { type Memory, memoryOf } from './memory-of.ts';

const KEEP_STEP = 2048;
const noBytes = new Uint8Array(0);
const noMemory = memoryOf(noBytes);

/** Receives the lines that a `LineScanner` finds. Positions are relative to `origin`. */
export interface LineConsumer {
  /**
   * Consumes as many whole lines as it likes from `start` on, and returns where the next one begins; `start` if it
   * consumes none.
   */
  lines(memory: Memory, origin: number, start: number, limit: number): number;
  /** Receives one line, without its CR LF; returns whether it was the last one. */
  line(memory: Memory, origin: number, start: number, end: number): boolean;
  /** The position, relative to the first line, before which the current line and its CR LF must end. */
  maxBytes(): number;
  tooLarge(): Http1ErrorCode;
}

/**
 * Splits received bytes into lines and looks at each byte once, however the bytes arrive. Lines that are complete in
 * one chunk are read in place; the beginning of an incomplete section is copied.
 */
export class LineScanner {
  /** The memory of the section: that of the lent chunk, or the copy. */
  memory: Memory = noMemory;
  /** The first byte of the section in `memory`. */
  origin = 0;
  /** After a complete section: the first byte of the chunk that does not belong to it. */
  offset = 0;
  /** The next byte to look at and the first byte of its line, relative to `origin`. */
  #position = 0;
  #lineStart = 0;
  #kept: Uint8Array = noBytes;
  #keptLength = 0;
  readonly #consumer: LineConsumer;

  constructor(consumer: LineConsumer) {
    this.#consumer = consumer;
  }

  /** Whether bytes of an unfinished section were received. */
  get hasBytes(): boolean {
    return this.#position > 0 || this.#keptLength > this.origin;
  }

  /** Continues; true when the section is complete in `memory` from `origin` on. */
  read(chunk: Uint8Array, offset: number, end: number): boolean {
    if (this.#keptLength > 0) return this.#readKept(chunk, offset, end);
    this.memory = memoryOf(chunk);
    const { base } = this.memory;
    this.origin = base + offset;
    if (this.#scan(base + end)) {
      this.offset = this.origin + this.#position - base;
      return true;
    }
    this.#keep(chunk, this.origin - base, end);
    this.origin = 0;
    return false;
  }

  /** Drops everything before the current line. Only useful between sections. */
  skipLine(): void {
    this.origin += this.#position;
    this.#position = 0;
    this.#lineStart = 0;
  }

  /** Drops the section that was read, and its memory. */
  reset(): void {
    this.memory = noMemory;
    this.origin = 0;
    this.#position = 0;
    this.#lineStart = 0;
    this.#kept = noBytes;
    this.#keptLength = 0;
  }

  #readKept(chunk: Uint8Array, offset: number, end: number): boolean {
    let taken = offset;
    while (taken < end) {
      const keptBefore = this.#keptLength;
      // In steps, because a long body may follow the head and should not be copied.
      const next = Math.min(end, taken + KEEP_STEP);
      this.#keep(chunk, taken, next);
      this.memory = memoryOf(this.#kept);
      if (this.#scan(this.#keptLength)) {
        this.offset = taken + this.origin + this.#position - keptBefore;
        return true;
      }
      taken = next;
    }
    return false;
  }

  #keep(chunk: Uint8Array, start: number, end: number): void {
    const length = this.#keptLength + end - start;
    if (length > this.#kept.length) {
      const larger = new Uint8Array(Math.max(1024, 2 * this.#kept.length, length));
      larger.set(this.#kept.subarray(0, this.#keptLength));
      this.#kept = larger;
    }
    this.#kept.set(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end), this.#keptLength);
    this.#keptLength = length;
  }

  #scan(end: number): boolean {
    const { memory } = this;
    const { bytes } = memory;
    for (;;) {
      const origin = this.origin;
      const cap = origin + this.#consumer.maxBytes();
      const limit = Math.min(end, cap);
      if (this.#position === this.#lineStart) {
        this.#lineStart = this.#consumer.lines(memory, origin, origin + this.#position, limit) - origin;
        this.#position = this.#lineStart;
      }
      const position = findLineEnd(memory, origin + this.#position, limit);
      this.#position = position - origin;
      if (position < limit && bytes[position] !== CR) failAt(bytes[position]!);
      if (position + 1 >= limit) {
        if (cap <= end) fail(this.#consumer.tooLarge());
        return false;
      }
      if (bytes[position + 1] !== LF) fail('HTTP1_BARE_CR');
      const start = this.#lineStart;
      this.#position += 2;
      this.#lineStart = this.#position;
      if (this.#consumer.line(memory, origin, start, position - origin)) return true;
    }
  }
}

function failAt(byte: number): never {
  fail(byte === LF ? 'HTTP1_BARE_LF' : 'HTTP1_BAD_BYTE');
}
