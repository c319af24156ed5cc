import { ChunkedDecoder } from './chunked-decoder.ts';
import type { Http1Limits } from './limits.ts';
import type { ResponseFraming } from './message-head.ts';
import { TrailerReader } from './trailer-reader.ts';

const DONE = 0;
const LENGTH = 1;
const CHUNKS = 2;
const TRAILERS = 3;
const UNTIL_CLOSE = 4;

export type BodyEvent = 'need-more' | 'body' | 'end';

/** Reads bodies, one after the other, with the framing that their heads announced (RFC 9112 §6). */
export class BodyReader {
  /** The first byte that is not consumed. */
  offset = 0;
  /** After 'body': the body bytes are those from here to `offset`. */
  bodyStart = 0;
  /** After 'end': flat triples, or null. */
  trailers: string[] | null = null;
  #state = DONE;
  #remaining = 0;
  readonly #limits: Http1Limits;
  /** Created with the first chunked body, because most connections never have one. */
  #chunks: ChunkedDecoder | null = null;
  #trailerReader: TrailerReader | null = null;

  constructor(limits: Http1Limits) {
    this.#limits = limits;
  }

  begin(framing: ResponseFraming, length: number): void {
    this.trailers = null;
    switch (framing) {
      case 'none':
        this.#state = DONE;
        return;
      case 'length':
        this.#remaining = length;
        this.#state = length === 0 ? DONE : LENGTH;
        return;
      case 'until-close':
        this.#state = UNTIL_CLOSE;
        return;
      case 'chunked':
        this.#chunks ??= new ChunkedDecoder(this.#limits);
        this.#chunks.reset();
        this.#state = CHUNKS;
        return;
    }
  }

  read(chunk: Uint8Array, offset: number, end: number): BodyEvent {
    this.offset = offset;
    switch (this.#state) {
      case DONE:
        return 'end';
      case CHUNKS:
        return this.#readChunks(chunk, offset, end);
      case TRAILERS:
        return this.#readTrailers(chunk, offset, end);
      default:
        return this.#readPlain(offset, end);
    }
  }

  /** Whether the body is complete if the peer sends nothing more. */
  canEndNow(): boolean {
    return this.#state === DONE || this.#state === UNTIL_CLOSE;
  }

  #readPlain(offset: number, end: number): BodyEvent {
    if (offset === end) return 'need-more';
    this.bodyStart = offset;
    this.offset = end;
    if (this.#state === UNTIL_CLOSE) return 'body';
    const length = Math.min(this.#remaining, end - offset);
    this.offset = offset + length;
    this.#remaining -= length;
    if (this.#remaining === 0) this.#state = DONE;
    return 'body';
  }

  #readChunks(chunk: Uint8Array, offset: number, end: number): BodyEvent {
    const chunks = this.#chunks!;
    const event = chunks.read(chunk, offset, end);
    this.offset = chunks.offset;
    this.bodyStart = chunks.bodyStart;
    if (event !== 'last-chunk') return event;
    this.#state = TRAILERS;
    return this.#readTrailers(chunk, chunks.offset, end);
  }

  #readTrailers(chunk: Uint8Array, offset: number, end: number): BodyEvent {
    this.#trailerReader ??= new TrailerReader(this.#limits);
    const reader = this.#trailerReader;
    if (!reader.read(chunk, offset, end)) {
      this.offset = end;
      return 'need-more';
    }
    this.offset = reader.offset;
    this.trailers = reader.trailers;
    this.#state = DONE;
    return 'end';
  }
}
