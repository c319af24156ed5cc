import { fail } from './errors.ts';
import { encodeLiteral, INDEXED_MASK, WITH_INDEXING } from './hpack-literal.ts';
import { sizeOfField } from './table-entry.ts';

/** Programs send few names. The names beyond are sent as literals. */
export const MAX_LANES = 64;
/** Longer values are hardly ever repeated, and would push others out of the peer's table. */
const MAX_VALUE_LENGTH = 256;

/** RFC 7541 §7.1.3: values that must not be guessed are kept in no table, neither here nor at the peer. */
const secrets = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie']);

/** RFC 9113 §8.2.2: fields of the connection, which HTTP/2 has not. They are left out. */
const unsent = new Set(['connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

const namePattern = /^:?[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const valuePattern = /^[\t\x20-\x7e\x80-\xff]*$/;

/** A field that was sent at least twice, with the literal that adds it to the peer's table. */
export interface RepeatedField {
  readonly lane: number;
  readonly value: string;
  readonly size: number;
  readonly bytes: Uint8Array;
}

/** A name, with the value it had last on any connection. */
export class FieldLane {
  readonly name: string;
  /** -1: values of this name are never indexed. */
  readonly index: number;
  readonly #isTe: boolean;
  readonly #isUnsent: boolean;
  #value: string | null = null;
  #repeated: RepeatedField | null = null;

  constructor(name: string, index: number) {
    this.name = name;
    this.index = index;
    this.#isTe = name === 'te';
    this.#isUnsent = unsent.has(name);
  }

  /** Whether a field with this value is left out. */
  leavesOut(value: string): boolean {
    return this.#isUnsent || (this.#isTe && value.toLowerCase() !== 'trailers');
  }

  /** The field with this value if it comes again, else null. Throws for a value that cannot be sent. */
  find(value: string): RepeatedField | null {
    const repeated = this.#repeated;
    if (repeated !== null && repeated.value === value) return repeated;
    if (value !== this.#value) {
      if (!valuePattern.test(value)) fail('HTTP2_INVALID_FIELD');
      if (value.length <= MAX_VALUE_LENGTH && this.index >= 0) this.#value = value;
      return null;
    }
    const bytes = encodeLiteral(this.name, value, INDEXED_MASK, WITH_INDEXING);
    return (this.#repeated = { lane: this.index, value, size: sizeOfField(this.name, value), bytes });
  }
}

const lanes = new Map<string, FieldLane>();
let used = 0;

/** The lane of a name, or null if there are enough. Throws for a name that cannot be sent. */
export function laneOf(name: string): FieldLane | null {
  const known = lanes.get(name);
  if (known !== undefined) return known;
  if (!namePattern.test(name)) fail('HTTP2_INVALID_FIELD');
  const isSpecial = secrets.has(name) || unsent.has(name) || name === 'te';
  if (!isSpecial && used === MAX_LANES) return null;
  const lane = new FieldLane(name, isSpecial ? -1 : used++);
  lanes.set(name, lane);
  return lane;
}

/** For names without a lane. */
export function checkValue(value: string): void {
  if (!valuePattern.test(value)) fail('HTTP2_INVALID_FIELD');
}
