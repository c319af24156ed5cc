import type { Http1ErrorCode } from './errors.ts';
import { FieldSection } from './field-section.ts';
import { decodeLatin1 } from './latin1.ts';
import type { Http1Limits } from './limits.ts';
import { type LineConsumer, LineScanner } from './line-scanner.ts';
import type { Memory } from './memory-of.ts';
import { isForbiddenTrailer } from './trailer-names.ts';

/** Parses the trailer section of a chunked body (RFC 9112 §7.1.2). */
export class TrailerReader implements LineConsumer {
  /** After a complete section: the trailers as flat triples, without forbidden ones; null if none is left. */
  trailers: string[] | null = null;
  readonly #scanner: LineScanner = new LineScanner(this);
  readonly #fields: FieldSection;
  readonly #maxBytes: number;
  #length = 0;

  constructor(limits: Http1Limits) {
    this.#maxBytes = limits.maxTrailersBytes;
    this.#fields = new FieldSection(limits.maxTrailerCount, 'HTTP1_TOO_MANY_TRAILERS');
  }

  /** The first byte after a complete section. */
  get offset(): number {
    return this.#scanner.offset;
  }

  /** Continues; true when the section is complete. */
  read(chunk: Uint8Array, offset: number, end: number): boolean {
    const scanner = this.#scanner;
    if (!scanner.read(chunk, offset, end)) return false;
    const text = decodeLatin1(scanner.memory.bytes, scanner.origin, scanner.origin + this.#length);
    const allowed = withoutForbidden(this.#fields.toTriples(text));
    this.trailers = allowed.length === 0 ? null : allowed;
    scanner.reset();
    this.#fields.reset();
    return true;
  }

  lines(memory: Memory, origin: number, start: number, limit: number): number {
    return this.#fields.readLines(memory, origin, start, limit);
  }

  line(memory: Memory, origin: number, start: number, end: number): boolean {
    this.#length = end;
    if (start === end) return true;
    this.#fields.add(memory, origin, start, end);
    return false;
  }

  maxBytes(): number {
    return this.#maxBytes;
  }

  tooLarge(): Http1ErrorCode {
    return 'HTTP1_TRAILERS_TOO_LARGE';
  }
}

function withoutForbidden(triples: readonly string[]): string[] {
  const allowed: string[] = [];
  for (let i = 0; i < triples.length; i += 3) {
    if (!isForbiddenTrailer(triples[i]!)) allowed.push(triples[i]!, triples[i + 1]!, triples[i + 2]!);
  }
  return allowed;
}
