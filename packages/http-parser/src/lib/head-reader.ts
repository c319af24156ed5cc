import { ChunkText } from './chunk-text.ts';
import { fail, type Http1ErrorCode } from './errors.ts';
import { FieldSection } from './field-section.ts';
import type { Http1Limits } from './limits.ts';
import { type LineConsumer, LineScanner } from './line-scanner.ts';
import type { Memory } from './memory-of.ts';

/** RFC 8446 §5.1: a ClientHello arrives in a handshake record, whose first byte is 22. */
const TLS_HANDSHAKE = 0x16;

/** Parses the first line of a head. Positions are relative to `origin`. */
export interface StartLineReader {
  readLine(memory: Memory, origin: number, start: number, end: number): void;
  readonly tooLong: Http1ErrorCode;
  /** How many empty lines are skipped before the start line. */
  readonly maxEmptyLines: number;
}

/** Parses heads, one after the other: start line, fields, empty line. */
export class HeadReader implements LineConsumer {
  readonly fields: FieldSection;
  readonly #startLine: StartLineReader;
  readonly #scanner: LineScanner = new LineScanner(this);
  readonly #text = new ChunkText();
  readonly #maxStartLineBytes: number;
  readonly #maxBytes: number;
  #hasStartLine = false;
  #emptyLines = 0;
  #length = 0;

  constructor(startLine: StartLineReader, limits: Http1Limits) {
    this.#startLine = startLine;
    this.#maxBytes = limits.maxHeadersBytes;
    this.#maxStartLineBytes = Math.min(limits.maxRequestLineBytes, limits.maxHeadersBytes);
    this.fields = new FieldSection(limits.maxHeaderCount, 'HTTP1_TOO_MANY_HEADERS');
  }

  /** The first byte after a complete head. */
  get offset(): number {
    return this.#scanner.offset;
  }

  /** Whether part of a head was received, not counting empty lines before it. */
  get hasBytes(): boolean {
    return this.#scanner.hasBytes;
  }

  /** Whether nothing was received since the last `reset()`. */
  get isUntouched(): boolean {
    return this.#emptyLines === 0 && !this.#scanner.hasBytes;
  }

  /** Continues with at least one byte; true when the head is complete. */
  read(chunk: Uint8Array, offset: number, end: number): boolean {
    const isFirstByte = this.#emptyLines === 0 && !this.#scanner.hasBytes;
    if (isFirstByte && chunk[offset] === TLS_HANDSHAKE) fail('HTTP1_TLS_ON_PLAIN_PORT');
    this.#text.continueAt(chunk, offset, end);
    const isComplete = this.#scanner.read(chunk, offset, end);
    this.#text.readTo(isComplete ? this.#scanner.offset : end);
    return isComplete;
  }

  /** The memory that holds a complete head, from `origin` on. Call `reset` afterwards. */
  get memory(): Memory {
    return this.#scanner.memory;
  }

  get origin(): number {
    return this.#scanner.origin;
  }

  decode(): string {
    const { memory, origin } = this.#scanner;
    return this.#text.slice(memory, origin, origin + this.#length);
  }

  reset(): void {
    this.#scanner.reset();
    this.fields.reset();
    this.#hasStartLine = false;
    this.#emptyLines = 0;
  }

  lines(memory: Memory, origin: number, start: number, limit: number): number {
    return this.#hasStartLine ? this.fields.readLines(memory, origin, start, limit) : start;
  }

  line(memory: Memory, origin: number, start: number, end: number): boolean {
    if (this.#hasStartLine) {
      this.#length = end;
      if (start === end) return true;
      this.fields.add(memory, origin, start, end);
      return false;
    }
    if (start === end) {
      if (++this.#emptyLines > this.#startLine.maxEmptyLines) fail('HTTP1_TOO_MANY_EMPTY_LINES');
      this.#scanner.skipLine();
      return false;
    }
    this.#startLine.readLine(memory, origin, start, end);
    this.#hasStartLine = true;
    return false;
  }

  maxBytes(): number {
    return this.#hasStartLine ? this.#maxBytes : this.#maxStartLineBytes;
  }

  tooLarge(): Http1ErrorCode {
    return this.#hasStartLine ? 'HTTP1_HEADERS_TOO_LARGE' : this.#startLine.tooLong;
  }
}
