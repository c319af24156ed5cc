import { checkValue, laneOf, MAX_LANES, type RepeatedField } from './field-lanes.ts';
import { writeInteger } from './hpack-integer.ts';
import { encodeLiteral, NEVER_INDEXED, PLAIN_MASK, WITHOUT_INDEXING, writeLiteral } from './hpack-literal.ts';
import { FIRST_DYNAMIC } from './static-table.ts';

/** The table is not larger if the peer offers more: it would cost memory on both sides. */
const MAX_TABLE_BYTES = 4096;
/** A power of two, and as many entries as a table can have. */
const PLACES = 128;
const STATUS_NAME = 0x08;
const STATUS_LENGTH = 3;
const ZERO = 0x30;
const KNOWN_LENGTHS = 4096;

/** RFC 7541 Appendix A has an entry for these. */
const statusBytes = new Map([
  [200, 0x88],
  [204, 0x89],
  [206, 0x8a],
  [304, 0x8b],
  [400, 0x8c],
  [404, 0x8d],
  [500, 0x8e],
]);

const lengthLiterals: (Uint8Array | undefined)[] = new Array(KNOWN_LENGTHS).fill(undefined);

/** What a block needs at most before its fields: changes of the size and a status. */
export const BLOCK_OVERHEAD = 16;

/** Encodes the fields of one connection. A field enters the peer's table when its value comes a second time. */
export class HpackEncoder {
  #maxBytes = MAX_TABLE_BYTES;
  #bytes = 0;
  /** Entries are counted from 1; those up to `#evicted` have left the table. */
  #inserted = 0;
  #evicted = 0;
  readonly #sizes = new Uint16Array(PLACES);
  readonly #fields: (RepeatedField | null)[] = new Array(MAX_LANES).fill(null);
  readonly #entries = new Uint32Array(MAX_LANES);
  /** The smallest size since the last block, which has to be told; -1: no change. */
  #smallest = -1;

  /** The peer's decoder allows a table of this size. */
  resize(bytes: number): void {
    const wanted = Math.min(bytes, MAX_TABLE_BYTES);
    if (wanted === this.#maxBytes) return;
    this.#smallest = this.#smallest < 0 ? wanted : Math.min(this.#smallest, wanted);
    this.#maxBytes = wanted;
    this.#evict(0);
  }

  /** A block was begun and cannot be sent: the peer's table is emptied, because it does not have what ours has. */
  abandon(): void {
    this.#evicted = this.#inserted;
    this.#bytes = 0;
    this.#smallest = 0;
  }

  /** Begins a block; needs 8 bytes at most. Like all methods it returns the position after what it wrote. */
  begin(target: Uint8Array, at: number): number {
    if (this.#smallest < 0) return at;
    let position = at;
    if (this.#smallest < this.#maxBytes || this.#smallest === 0)
      position = writeInteger(target, position, this.#smallest, 0x1f, 0x20);
    this.#smallest = -1;
    return writeInteger(target, position, this.#maxBytes, 0x1f, 0x20);
  }

  /** Needs 5 bytes. */
  status(target: Uint8Array, at: number, status: number): number {
    const known = statusBytes.get(status);
    if (known !== undefined) {
      target[at] = known;
      return at + 1;
    }
    target[at] = STATUS_NAME;
    target[at + 1] = STATUS_LENGTH;
    target[at + 2] = ZERO + Math.floor(status / 100);
    target[at + 3] = ZERO + (Math.floor(status / 10) % 10);
    target[at + 4] = ZERO + (status % 10);
    return at + 5;
  }

  contentLength(target: Uint8Array, at: number, length: number): number {
    let bytes = length < KNOWN_LENGTHS ? lengthLiterals[length] : undefined;
    if (bytes === undefined) {
      bytes = encodeLiteral('content-length', String(length), PLAIN_MASK, WITHOUT_INDEXING);
      if (length < KNOWN_LENGTHS) lengthLiterals[length] = bytes;
    }
    return copyTo(target, at, bytes);
  }

  /** A field with a name in lower case; needs `LITERAL_OVERHEAD` and its characters. */
  field(target: Uint8Array, at: number, name: string, value: string): number {
    const lane = laneOf(name);
    if (lane === null) {
      checkValue(value);
      return writeLiteral(target, at, name, value, WITHOUT_INDEXING);
    }
    if (lane.leavesOut(value)) return at;
    const field = lane.find(value);
    if (field === null) return writeLiteral(target, at, name, value, lane.index < 0 ? NEVER_INDEXED : WITHOUT_INDEXING);
    const entry = this.#entries[field.lane]!;
    if (this.#fields[field.lane] === field && entry > this.#evicted)
      return writeInteger(target, at, FIRST_DYNAMIC + this.#inserted - entry, 0x7f, 0x80);
    if (field.size > this.#maxBytes >> 1) return writeLiteral(target, at, name, value, WITHOUT_INDEXING);
    this.#insert(field);
    return copyTo(target, at, field.bytes);
  }

  method(target: Uint8Array, at: number, method: string): number {
    return this.#known(target, at, ':method', method, method === 'GET' ? 0x82 : method === 'POST' ? 0x83 : 0);
  }

  scheme(target: Uint8Array, at: number, scheme: string): number {
    return this.#known(target, at, ':scheme', scheme, scheme === 'http' ? 0x86 : scheme === 'https' ? 0x87 : 0);
  }

  /** Paths change with each request, so that they enter no table. */
  path(target: Uint8Array, at: number, path: string): number {
    return this.#known(target, at, ':path', path, path === '/' ? 0x84 : 0);
  }

  /** `index`: the byte of an entry in the static table, or 0. */
  #known(target: Uint8Array, at: number, name: string, value: string, index: number): number {
    if (index !== 0) {
      target[at] = index;
      return at + 1;
    }
    checkValue(value);
    return writeLiteral(target, at, name, value, WITHOUT_INDEXING);
  }

  #insert(field: RepeatedField): void {
    this.#evict(field.size);
    this.#inserted += 1;
    this.#sizes[this.#inserted & (PLACES - 1)] = field.size;
    this.#bytes += field.size;
    this.#fields[field.lane] = field;
    this.#entries[field.lane] = this.#inserted;
  }

  #evict(needed: number): void {
    while (this.#bytes > this.#maxBytes - needed && this.#evicted < this.#inserted) {
      this.#evicted += 1;
      this.#bytes -= this.#sizes[this.#evicted & (PLACES - 1)]!;
    }
  }
}

function copyTo(target: Uint8Array, at: number, bytes: Uint8Array): number {
  for (let index = 0; index < bytes.length; index++) target[at + index] = bytes[index]!;
  return at + bytes.length;
}
