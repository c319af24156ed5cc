import { byteClass, classOf, NOT_IN_NAME } from './byte-class.ts';
import { kindOfName } from './field-kind.ts';
import { decodeHuffman } from './huffman-decode.ts';
import { judgeField } from './judge-field.ts';
import { decodeLatin1 } from './latin1.ts';
import { FIRST_DYNAMIC, staticTable } from './static-table.ts';
import { TableEntry } from './table-entry.ts';

/** Takes the fields of a block in their order. */
export interface FieldSink {
  add(name: string, value: string, kind: number): void;
}

/** RFC 9113 §6.5.2; what a peer may use until it has acknowledged another size. */
const INITIAL_TABLE_BYTES = 4096;
const LEAST_ENTRY_BYTES = 32;
const HUFFMAN = 0x80;
/** More than 28 bits are no number of bytes or entries here. */
const MAX_SHIFT = 21;

/** Decoded strings of Huffman codes; grows with the longest. */
let plain: Uint8Array = new Uint8Array(4096);

/** Decodes header blocks (RFC 7541). After an error the connection must end, because both tables may differ then. */
export class HpackDecoder {
  readonly #tableBytes: number;
  /** What the peer may set; more than announced until it has acknowledged that. */
  #allowedBytes: number;
  #maxBytes = INITIAL_TABLE_BYTES;
  #bytes = 0;
  #count = 0;
  /** A ring, with the newest entry at `#newest`. */
  #ring: (TableEntry | undefined)[] = [];
  #mask = 0;
  #newest = 0;
  #mustShrink = false;
  // The state of the block that is being decoded; `#position` -1 is an error.
  #input: Uint8Array = plain;
  #position = 0;
  #end = 0;
  #classes = 0;

  constructor(tableBytes: number) {
    this.#tableBytes = tableBytes;
    this.#allowedBytes = Math.max(tableBytes, INITIAL_TABLE_BYTES);
  }

  /** The peer has acknowledged the settings, so that the announced size holds. */
  settingsAcknowledged(): void {
    this.#allowedBytes = this.#tableBytes;
    this.#mustShrink = this.#maxBytes > this.#tableBytes;
  }

  /** Gives all fields of a whole block to `fields`; returns whether the block is valid HPACK. */
  decode(bytes: Uint8Array, start: number, end: number, fields: FieldSink): boolean {
    this.#input = bytes;
    this.#position = start;
    this.#end = end;
    const isValid = this.#readSizeUpdates() && this.#readFields(fields);
    this.#input = plain; // the bytes are lent
    return isValid;
  }

  #readFields(fields: FieldSink): boolean {
    while (this.#position < this.#end) {
      const byte = this.#input[this.#position]!;
      if (byte >= 0x80) {
        const entry = this.#entry(this.#integer(0x7f));
        if (entry === undefined) return false;
        fields.add(entry.name, entry.value, entry.kind);
      } else if (byte >= 0x20 && byte < 0x40) return false;
      else if (!this.#literal(byte, fields)) return false;
    }
    return true;
  }

  /** RFC 7541 §4.2: changes of the size stand at the beginning of a block. */
  #readSizeUpdates(): boolean {
    while (this.#position < this.#end && (this.#input[this.#position]! & 0xe0) === 0x20) {
      const size = this.#integer(0x1f);
      if (size < 0 || size > this.#allowedBytes) return false;
      this.#maxBytes = size;
      this.#mustShrink = false;
      this.#evict(0);
    }
    return !this.#mustShrink;
  }

  #literal(byte: number, fields: FieldSink): boolean {
    const isKept = byte >= 0x40;
    const index = this.#integer(isKept ? 0x3f : 0x0f);
    if (index < 0) return false;
    let name: string | null;
    let nameKind: number;
    if (index === 0) {
      name = this.#string();
      if (name === null) return false;
      nameKind = kindOfName(name, (this.#classes & NOT_IN_NAME) === 0);
    } else {
      const entry = this.#entry(index);
      if (entry === undefined) return false;
      name = entry.name;
      nameKind = entry.nameKind;
    }
    const value = this.#string();
    if (value === null) return false;
    const kind = judgeField(nameKind, value, this.#classes);
    if (isKept) this.#insert(new TableEntry(name, value, nameKind, kind));
    fields.add(name, value, kind);
    return true;
  }

  #entry(index: number): TableEntry | undefined {
    if (index < FIRST_DYNAMIC) return index > 0 ? staticTable[index] : undefined;
    const age = index - FIRST_DYNAMIC;
    return age < this.#count ? this.#ring[(this.#newest - age) & this.#mask] : undefined;
  }

  #insert(entry: TableEntry): void {
    this.#evict(entry.size);
    if (entry.size > this.#maxBytes) return; // RFC 7541 §4.4: it has only emptied the table
    if (this.#count === this.#ring.length) this.#grow();
    this.#newest = (this.#newest + 1) & this.#mask;
    this.#ring[this.#newest] = entry;
    this.#count += 1;
    this.#bytes += entry.size;
  }

  #evict(needed: number): void {
    const most = this.#maxBytes - needed;
    while (this.#count > 0 && this.#bytes > most) {
      this.#count -= 1;
      const oldest = (this.#newest - this.#count) & this.#mask;
      this.#bytes -= this.#ring[oldest]!.size;
      this.#ring[oldest] = undefined;
    }
  }

  /** Doubles the ring; a connection with few fields needs little memory. */
  #grow(): void {
    const length = Math.min(Math.max(this.#ring.length * 2, 16), 2 * (65_536 / LEAST_ENTRY_BYTES));
    const ring: (TableEntry | undefined)[] = new Array(length).fill(undefined);
    for (let age = 0; age < this.#count; age++) ring[this.#count - age] = this.#ring[(this.#newest - age) & this.#mask];
    this.#ring = ring;
    this.#mask = length - 1;
    this.#newest = this.#count;
  }

  /** Reads an integer whose prefix has this mask (RFC 7541 §5.1); -1 if it is cut off or too large. */
  #integer(mask: number): number {
    let value = this.#input[this.#position++]! & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= MAX_SHIFT && this.#position < this.#end; shift += 7) {
      const byte = this.#input[this.#position++]!;
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return -1;
  }

  /** Reads a string and the classes of its bytes; null if it is cut off or not a Huffman code. */
  #string(): string | null {
    if (this.#position >= this.#end) return null;
    const isHuffman = this.#input[this.#position]! >= HUFFMAN;
    const length = this.#integer(0x7f);
    const start = this.#position;
    const stop = start + length;
    if (length < 0 || stop > this.#end) return null;
    this.#position = stop;
    if (!isHuffman) return this.#text(this.#input, start, stop);
    if (plain.length < length * 2) plain = new Uint8Array(length * 2);
    const decoded = decodeHuffman(this.#input, start, stop, plain);
    return decoded < 0 ? null : this.#text(plain, 0, decoded);
  }

  #text(bytes: Uint8Array, start: number, stop: number): string {
    this.#classes = start === stop ? byteClass[0x61]! : classOf(bytes, start, stop);
    return decodeLatin1(bytes, start, stop);
  }
}
