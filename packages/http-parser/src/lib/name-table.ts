import { encodeLatin1 } from './latin1.ts';

/** A name was found as it is usually spelled, in lower case, or in another mixture. */
export const USUAL = 0;
export const LOWER = 1;
export const OTHER = 2;

/**
 * Finds well-known names in bytes without making a string.
 * `find` gives `index * 4 + spelling`, or -1.
 */
export class NameTable {
  readonly usual: readonly string[];
  readonly lower: readonly string[];
  readonly #usualBytes: readonly Uint8Array[];
  readonly #lowerBytes: readonly Uint8Array[];
  /** First index of each hash, and the next index with the same one; -1 ends. */
  readonly #first = new Int16Array(256).fill(-1);
  readonly #next: Int16Array;

  constructor(names: readonly string[]) {
    this.usual = names;
    this.lower = names.map((name) => name.toLowerCase());
    this.#usualBytes = this.usual.map(encodeLatin1);
    this.#lowerBytes = this.lower.map(encodeLatin1);
    this.#next = new Int16Array(names.length).fill(-1);
    // Backwards, so that names early in the list are compared first.
    for (let index = names.length - 1; index >= 0; index--) {
      const bytes = this.#lowerBytes[index]!;
      const hash = hashOf(bytes, 0, bytes.length);
      this.#next[index] = this.#first[hash]!;
      this.#first[hash] = index;
    }
  }

  find(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    let index = this.#first[hashOf(bytes, start, end)]!;
    for (; index >= 0; index = this.#next[index]!) {
      const usual = this.#usualBytes[index]!;
      if (usual.length !== length) continue;
      if (isSame(bytes, start, usual)) return index * 4 + USUAL;
      const lower = this.#lowerBytes[index]!;
      if (isSame(bytes, start, lower)) return index * 4 + LOWER;
      if (isSameIgnoringCase(bytes, start, lower)) return index * 4 + OTHER;
    }
    return -1;
  }
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start]! | 0x20;
  const middle = bytes[(start + end) >> 1]! | 0x20;
  const last = bytes[end - 1]! | 0x20;
  return (first * 5 + middle * 11 + last * 3 + (end - start) * 17) & 255;
}

function isSame(bytes: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name[i]) return false;
  return true;
}

function isSameIgnoringCase(bytes: Uint8Array, start: number, lower: Uint8Array): boolean {
  for (let i = 0; i < lower.length; i++) {
    const byte = bytes[start + i]!;
    const folded = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (folded !== lower[i]) return false;
  }
  return true;
}
