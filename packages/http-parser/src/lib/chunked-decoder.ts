import { CR, hexValue, LF, NOT_HEX } from './byte-class.ts';
import { canEndAt, NAME_START, nextPlace, REFUSED } from './chunk-extension.ts';
import { fail } from './errors.ts';
import type { Http1Limits } from './limits.ts';

const SIZE = 0;
const EXTENSION = 1;
const SIZE_LF = 2;
const DATA = 3;
const DATA_CR = 4;
const DATA_LF = 5;
/** After the digits of a size: white space, which only an extension may follow. */
const SIZE_SPACE = 6;

/** 13 hexadecimal digits are at most 2^52 - 1, so a size is always a safe integer. Leading zeros count as digits. */
const MAX_SIZE_DIGITS = 13;
const SEMICOLON = 0x3b;
const SPACE = 0x20;
const TAB = 0x09;

export type ChunkedEvent = 'need-more' | 'body' | 'last-chunk';

/** Reads the chunks of a body (RFC 9112 §7.1) up to the last one; the trailer section follows. */
export class ChunkedDecoder {
  /** The first byte that is not consumed. */
  offset = 0;
  /** After 'body': the body bytes are those from here to `offset`. */
  bodyStart = 0;
  #state = SIZE;
  #size = 0;
  #digits = 0;
  #place = NAME_START;
  #lineExtensionBytes = 0;
  #extensionBytes = 0;
  readonly #limits: Http1Limits;

  constructor(limits: Http1Limits) {
    this.#limits = limits;
  }

  /** Begins the next body. */
  reset(): void {
    this.#beginSize();
    this.#extensionBytes = 0;
  }

  read(chunk: Uint8Array, offset: number, end: number): ChunkedEvent {
    let position = offset;
    while (position < end) {
      if (this.#state === DATA) return this.#readData(position, end);
      if (this.#step(chunk[position++]!)) {
        this.offset = position;
        return 'last-chunk';
      }
    }
    this.offset = end;
    return 'need-more';
  }

  #readData(position: number, end: number): ChunkedEvent {
    const length = Math.min(this.#size, end - position);
    this.#size -= length;
    if (this.#size === 0) this.#state = DATA_CR;
    this.bodyStart = position;
    this.offset = position + length;
    return 'body';
  }

  /** Consumes one byte that is not data; true after the line of the last chunk. */
  #step(byte: number): boolean {
    switch (this.#state) {
      case SIZE:
        this.#sizeByte(byte);
        return false;
      case SIZE_SPACE:
        this.#sizeSpaceByte(byte);
        return false;
      case EXTENSION:
        this.#extensionByte(byte);
        return false;
      case SIZE_LF:
        if (byte !== LF) fail('HTTP1_BARE_CR');
        this.#state = DATA;
        return this.#size === 0;
      case DATA_CR:
        if (byte !== CR) fail('HTTP1_BAD_CHUNK_END');
        this.#state = DATA_LF;
        return false;
      default:
        if (byte !== LF) fail('HTTP1_BAD_CHUNK_END');
        this.#beginSize();
        return false;
    }
  }

  #beginSize(): void {
    this.#state = SIZE;
    this.#size = 0;
    this.#digits = 0;
    this.#lineExtensionBytes = 0;
  }

  #sizeByte(byte: number): void {
    const digit = hexValue[byte]!;
    if (digit !== NOT_HEX) {
      if (++this.#digits > MAX_SIZE_DIGITS) fail('HTTP1_BAD_CHUNK_SIZE');
      this.#size = this.#size * 16 + digit;
      return;
    }
    if (byte === LF) fail('HTTP1_BARE_LF');
    if (this.#digits === 0) fail('HTTP1_BAD_CHUNK_SIZE');
    if (byte === CR) {
      this.#state = SIZE_LF;
      return;
    }
    this.#sizeSpaceByte(byte);
  }

  /** RFC 9112 §7.1.1: bad white space is accepted before an extension, and nowhere else. */
  #sizeSpaceByte(byte: number): void {
    if (byte === LF) fail('HTTP1_BARE_LF');
    const isSpace = byte === SPACE || byte === TAB;
    if (!isSpace && byte !== SEMICOLON) fail('HTTP1_BAD_CHUNK_SIZE');
    this.#countExtensionByte();
    this.#state = isSpace ? SIZE_SPACE : EXTENSION;
    this.#place = NAME_START;
  }

  #extensionByte(byte: number): void {
    if (byte === LF) fail('HTTP1_BARE_LF');
    if (byte === CR) {
      if (!canEndAt(this.#place)) fail('HTTP1_BAD_CHUNK_EXTENSION');
      this.#state = SIZE_LF;
      return;
    }
    this.#countExtensionByte();
    this.#place = nextPlace(this.#place, byte);
    if (this.#place === REFUSED) fail('HTTP1_BAD_CHUNK_EXTENSION');
  }

  // RFC 9112 §7.1.1: a recipient ought to limit the total length of the extensions.
  #countExtensionByte(): void {
    const limits = this.#limits;
    const isTooMuch =
      ++this.#lineExtensionBytes > limits.maxChunkExtensionBytes ||
      ++this.#extensionBytes > limits.maxTotalChunkExtensionBytes;
    if (isTooMuch) fail('HTTP1_CHUNK_EXTENSIONS_TOO_LARGE');
  }
}
