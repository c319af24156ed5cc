import { COLON, HTAB, isTokenByte, SP } from './byte-class.ts';
import { fail, type Http1ErrorCode } from './errors.ts';
import { headerNames } from './header-names.ts';
import { LOWER, USUAL } from './name-table.ts';

/** Numbers kept per field: where name and value begin and end, and what `headerNames` says about the name. */
const NUMBERS_PER_FIELD = 5;

/** Takes field lines (RFC 9112 §5) and gives them as flat triples. */
export class FieldSection {
  count = 0;
  #marks = new Int32Array(16 * NUMBERS_PER_FIELD);
  readonly #maxCount: number;
  readonly #tooMany: Http1ErrorCode;

  constructor(maxCount: number, tooMany: Http1ErrorCode) {
    this.#maxCount = maxCount;
    this.#tooMany = tooMany;
  }

  /** Takes one line that is not empty; positions are relative to `origin`. */
  add(bytes: Uint8Array, origin: number, start: number, end: number): void {
    const first = bytes[origin + start];
    if (first === SP || first === HTAB) fail('HTTP1_OBS_FOLD');
    // The CR after the line is no token byte, so the loop ends there at the latest.
    let position = origin + start;
    while (isTokenByte[bytes[position]!] === 1) position++;
    const nameEnd = position - origin;
    if (bytes[position] !== COLON || nameEnd === start) fail('HTTP1_BAD_FIELD_NAME');
    if (this.count === this.#maxCount) fail(this.#tooMany);

    let valueStart = position + 1;
    let valueEnd = origin + end;
    while (valueStart < valueEnd && isBlank(bytes[valueStart]!)) valueStart++;
    while (valueStart < valueEnd && isBlank(bytes[valueEnd - 1]!)) valueEnd--;

    const mark = this.count++ * NUMBERS_PER_FIELD;
    if (mark === this.#marks.length) this.#grow();
    const marks = this.#marks;
    marks[mark] = start;
    marks[mark + 1] = nameEnd;
    marks[mark + 2] = valueStart - origin;
    marks[mark + 3] = valueEnd - origin;
    marks[mark + 4] = headerNames.find(bytes, origin + start, position);
  }

  /** Which of `headerNames` a field has, or -1. */
  knownName(index: number): number {
    return this.#marks[index * NUMBERS_PER_FIELD + 4]! >> 2;
  }

  /** Where the value of a field begins, relative to `origin`. */
  valueStart(index: number): number {
    return this.#marks[index * NUMBERS_PER_FIELD + 2]!;
  }

  /** All fields as slices of `text`, the characters of the section from its first byte on. */
  toTriples(text: string): string[] {
    const triples: string[] = [];
    const marks = this.#marks;
    const end = this.count * NUMBERS_PER_FIELD;
    for (let mark = 0; mark < end; mark += NUMBERS_PER_FIELD) {
      const found = marks[mark + 4]!;
      const value = text.slice(marks[mark + 2]!, marks[mark + 3]!);
      if (found < 0) {
        const spelling = text.slice(marks[mark]!, marks[mark + 1]!);
        triples.push(spelling.toLowerCase(), value, spelling);
        continue;
      }
      const lower = headerNames.lower[found >> 2]!;
      const form = found & 3;
      if (form === USUAL) triples.push(lower, value, headerNames.usual[found >> 2]!);
      else if (form === LOWER) triples.push(lower, value, lower);
      else triples.push(lower, value, text.slice(marks[mark]!, marks[mark + 1]!));
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
