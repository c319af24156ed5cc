import { COLON, CR, HTAB, isTokenByte, LF, SP } from './byte-class.ts';
import { fail, type Http1ErrorCode } from './errors.ts';
import { headerNames } from './header-names.ts';
import { findLineEnd } from './line-end.ts';
import type { Memory } from './memory-of.ts';
import { LOWER, USUAL } from './name-table.ts';

/** Numbers kept for each field: the start and end of its name and value, and the result of `headerNames`. */
const NUMBERS_PER_FIELD = 5;

/** Collects field lines (RFC 9112 §5) and returns them as flat triples. */
export class FieldSection {
  count = 0;
  #marks = new Int32Array(16 * NUMBERS_PER_FIELD);
  readonly #maxCount: number;
  readonly #tooMany: Http1ErrorCode;

  constructor(maxCount: number, tooMany: Http1ErrorCode) {
    this.#maxCount = maxCount;
    this.#tooMany = tooMany;
  }

  /**
   * Collects complete and valid lines from `start` on, and returns where it stopped: a usual head takes one call. The
   * caller judges the line there, which may be the last, incomplete or invalid.
   */
  readLines(memory: Memory, origin: number, start: number, limit: number): number {
    const { bytes } = memory;
    let lineStart = start;
    while (this.count < this.#maxCount) {
      let nameEnd = lineStart;
      while (nameEnd < limit && isTokenByte[bytes[nameEnd]!] === 1) nameEnd++;
      if (nameEnd === lineStart || bytes[nameEnd] !== COLON) break;
      const lineEnd = findLineEnd(memory, nameEnd, limit);
      if (lineEnd + 1 >= limit || bytes[lineEnd] !== CR || bytes[lineEnd + 1] !== LF) break;
      this.#mark(memory, origin, lineStart, nameEnd, lineEnd);
      lineStart = lineEnd + 2;
    }
    return lineStart;
  }

  /** Collects one line that is not empty. Positions are relative to `origin`. */
  add(memory: Memory, origin: number, start: number, end: number): void {
    const { bytes } = memory;
    const first = bytes[origin + start];
    if (first === SP || first === HTAB) fail('HTTP1_OBS_FOLD');
    // The CR after the line is not a token byte, so the loop ends there at the latest.
    let position = origin + start;
    while (isTokenByte[bytes[position]!] === 1) position++;
    if (bytes[position] !== COLON || position === origin + start) fail('HTTP1_BAD_FIELD_NAME');
    if (this.count === this.#maxCount) fail(this.#tooMany);
    this.#mark(memory, origin, origin + start, position, origin + end);
  }

  #mark(memory: Memory, origin: number, nameStart: number, nameEnd: number, lineEnd: number): void {
    const { bytes } = memory;
    let valueStart = nameEnd + 1;
    let valueEnd = lineEnd;
    while (valueStart < valueEnd && isBlank(bytes[valueStart]!)) valueStart++;
    while (valueStart < valueEnd && isBlank(bytes[valueEnd - 1]!)) valueEnd--;

    const mark = this.count * NUMBERS_PER_FIELD;
    this.count += 1;
    if (mark === this.#marks.length) this.#grow();
    const marks = this.#marks;
    marks[mark] = nameStart - origin;
    marks[mark + 1] = nameEnd - origin;
    marks[mark + 2] = valueStart - origin;
    marks[mark + 3] = valueEnd - origin;
    marks[mark + 4] = headerNames.find(memory, nameStart, nameEnd);
  }

  /** The index of a field's name in `headerNames`, or -1. */
  knownName(index: number): number {
    return this.#marks[index * NUMBERS_PER_FIELD + 4]! >> 2;
  }

  /** The start of a field's value, relative to `origin`. */
  valueStart(index: number): number {
    return this.#marks[index * NUMBERS_PER_FIELD + 2]!;
  }

  /** All fields as slices of `text`, which holds the characters of the section from its first byte. */
  toTriples(text: string): string[] {
    const triples = new Array<string>(this.count * 3);
    let at = 0;
    const marks = this.#marks;
    const end = this.count * NUMBERS_PER_FIELD;
    for (let mark = 0; mark < end; mark += NUMBERS_PER_FIELD) {
      const found = marks[mark + 4]!;
      const value = text.slice(marks[mark + 2]!, marks[mark + 3]!);
      if (found < 0) {
        const spelling = text.slice(marks[mark]!, marks[mark + 1]!);
        triples[at] = spelling.toLowerCase();
        triples[at + 1] = value;
        triples[at + 2] = spelling;
        at += 3;
        continue;
      }
      const lower = headerNames.lower[found >> 2]!;
      const form = found & 3;
      triples[at] = lower;
      triples[at + 1] = value;
      if (form === USUAL) triples[at + 2] = headerNames.usual[found >> 2]!;
      else triples[at + 2] = form === LOWER ? lower : text.slice(marks[mark]!, marks[mark + 1]!);
      at += 3;
    }
    return triples;
  }

  reset(): void {
    this.count = 0;
  }

  #grow(): void {
    const larger = new Int32Array(this.#marks.length * 2);
    larger.set(this.#marks);
    this.#marks = larger;
  }
}

function isBlank(byte: number): boolean {
  return byte === SP || byte === HTAB;
}
