import { isSameBytes } from './is-same-bytes.ts';
import { encodeLatin1 } from './latin1.ts';
import type { Memory } from './memory-of.ts';

/** The spelling in which a name was found: the usual one, lower case, or any other. */
export const USUAL = 0;
export const LOWER = 1;
export const OTHER = 2;

/** A power of two, large enough that few names share a hash. */
const HASHES = 1024;

/** Finds well-known names in bytes without creating a string. `find` returns `index * 4 + spelling`, or -1. */
export class NameTable {
  readonly usual: readonly string[];
  readonly lower: readonly string[];
  /** All names in their usual spelling, one after the other, and the start of each; the last entry is the end. */
  readonly #view: DataView;
  readonly #starts: Int32Array;
  /** The first index of each hash, and the next index with the same hash; -1 ends the chain. */
  readonly #first = new Int16Array(HASHES).fill(-1);
  readonly #next: Int16Array;

  constructor(names: readonly string[]) {
    this.usual = names;
    this.lower = names.map((name) => name.toLowerCase());
    const bytes = encodeLatin1(names.join(''));
    this.#view = new DataView(bytes.buffer);
    this.#starts = new Int32Array(names.length + 1);
    for (const [index, name] of names.entries()) this.#starts[index + 1] = this.#starts[index]! + name.length;
    this.#next = new Int16Array(names.length).fill(-1);
    // Backwards, so that names early in the list are compared first.
    for (let index = names.length - 1; index >= 0; index--) {
      const hash = hashOf(bytes, this.#starts[index]!, this.#starts[index + 1]!);
      this.#next[index] = this.#first[hash]!;
      this.#first[hash] = index;
    }
  }

  find({ bytes, view }: Memory, start: number, end: number): number {
    const starts = this.#starts;
    const length = end - start;
    for (let index = this.#first[hashOf(bytes, start, end)]!; index >= 0; index = this.#next[index]!) {
      const nameStart = starts[index]!;
      if (starts[index + 1]! - nameStart !== length) continue;
      if (isSameBytes(view, start, this.#view, nameStart, length)) return index * 4 + USUAL;
      const spelling = spellingOf(bytes, start, this.lower[index]!);
      if (spelling >= 0) return index * 4 + spelling;
    }
    return -1;
  }
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start]! | 0x20;
  const middle = bytes[(start + end) >> 1]! | 0x20;
  const last = bytes[end - 1]! | 0x20;
  return (first * 5 + middle * 11 + last * 33 + (end - start) * 71) & (HASHES - 1);
}

/** The spelling of a name that is not in its usual one; -1 if it is a different name. */
function spellingOf(bytes: Uint8Array, start: number, lower: string): number {
  let spelling = LOWER;
  for (let index = 0; index < lower.length; index++) {
    const byte = bytes[start + index]!;
    const expected = lower.charCodeAt(index);
    if (byte === expected) continue;
    if (byte < 0x41 || byte > 0x5a || (byte | 0x20) !== expected) return -1;
    spelling = OTHER;
  }
  return spelling;
}
