import { BodyReader } from './body-reader.ts';
import { fail, Http1Error } from './errors.ts';
import { FramingFields } from './framing-fields.ts';
import { HeadReader, type StartLineReader } from './head-reader.ts';
import type { Http1Limits } from './limits.ts';

/** The event that one `read` found; 'need-more' asks for the next chunk. */
export type ParserEvent = 'need-more' | 'head' | 'body' | 'end';

export interface ParserOptions {
  /** Limits that differ from `defaultHttp1Limits`. */
  readonly limits?: Partial<Http1Limits>;
}

const HEAD = 0;
const BODY = 1;
const TUNNEL = 2;
const FAILED = 3;

/** The common part of request and response parser: heads and bodies in turn, and a failure that persists. */
export abstract class MessageParser {
  /** The first byte of the chunk that is not consumed yet. */
  offset = 0;
  /** After 'body': the body bytes are `chunk[bodyStart]` to `chunk[bodyEnd - 1]`, lent like the chunk. */
  bodyStart = 0;
  bodyEnd = 0;
  /** After 'end': the trailers as flat triples like `head.fields`, or null. They are never part of the head. */
  trailers: readonly string[] | null = null;
  protected readonly heads: HeadReader;
  protected readonly body: BodyReader;
  protected readonly framing: FramingFields = new FramingFields();
  #state = HEAD;
  #failure: Http1Error | null = null;

  constructor(startLine: StartLineReader, limits: Http1Limits) {
    this.heads = new HeadReader(startLine, limits);
    this.body = new BodyReader(limits);
  }

  /** Called with each chunk that contains bytes of a head, before they are parsed. */
  protected abstract beforeHead(): void;
  /** Creates a head from the lines in `heads`, validates it, and begins its body. */
  protected abstract completeHead(): void;
  /** Whether the bytes after the message that just ended are not HTTP. */
  protected abstract isTunnelNext(): boolean;
  /** The status of an error, which may differ from the one in the table. */
  protected abstract errorStatus(error: Http1Error): number;

  /** Whether the parser is between two messages, with no byte of the next one received. */
  get isIdle(): boolean {
    return this.#state === HEAD && !this.heads.hasBytes;
  }

  /**
   * Whether nothing was received since the last message, not even an empty line. The parser may then be reused for
   * another connection.
   */
  get isUntouched(): boolean {
    return this.#state === HEAD && this.heads.isUntouched;
  }

  /**
   * Parses `chunk` from `offset` on until there is an event. Call it again from `parser.offset` until it returns
   * 'need-more'. The chunk is lent: after 'need-more' it may be overwritten.
   *
   * @throws Http1Error if the message cannot be parsed further; every later call throws the same error.
   */
  read(chunk: Uint8Array, offset: number = 0, end: number = chunk.length): ParserEvent {
    try {
      switch (this.#state) {
        case HEAD:
          return this.#readHead(chunk, offset, end);
        case BODY:
          return this.#readBody(chunk, offset, end);
        case TUNNEL:
          if (offset < end) fail('HTTP1_IS_TUNNEL');
          return 'need-more';
        default:
          throw this.#failure;
      }
    } catch (error) {
      throw this.#failWith(error);
    }
  }

  /** Replaces the `read` that would return 'end', after a head without a body. */
  skipEnd(): void {
    this.trailers = null;
    this.#state = this.isTunnelNext() ? TUNNEL : HEAD;
  }

  /**
   * Call when the peer has closed. Returns 'end' if that completes a message, 'idle' if none was begun.
   *
   * @throws Http1Error if a message is cut off.
   */
  finish(): 'end' | 'idle' {
    try {
      if (this.#state === FAILED) throw this.#failure;
      if (this.#state === TUNNEL || this.isIdle) return 'idle';
      if (this.#state === HEAD) fail('HTTP1_TRUNCATED_HEAD');
      if (!this.body.canEndNow()) fail('HTTP1_TRUNCATED_BODY');
    } catch (error) {
      throw this.#failWith(error);
    }
    this.trailers = null;
    this.#state = HEAD;
    return 'end';
  }

  #readHead(chunk: Uint8Array, offset: number, end: number): ParserEvent {
    this.offset = end;
    if (offset === end) return 'need-more';
    this.beforeHead();
    if (!this.heads.read(chunk, offset, end)) return 'need-more';
    this.offset = this.heads.offset;
    this.completeHead();
    this.heads.reset();
    this.#state = BODY;
    return 'head';
  }

  #readBody(chunk: Uint8Array, offset: number, end: number): ParserEvent {
    const body = this.body;
    const event = body.read(chunk, offset, end);
    this.offset = body.offset;
    if (event === 'body') {
      this.bodyStart = body.bodyStart;
      this.bodyEnd = body.offset;
    } else if (event === 'end') {
      this.trailers = body.trailers;
      this.#state = this.isTunnelNext() ? TUNNEL : HEAD;
    }
    return event;
  }

  #failWith(error: unknown): unknown {
    if (this.#state === FAILED || !Http1Error.is(error)) return error;
    const status = this.errorStatus(error);
    this.#failure = status === error.status ? error : new Http1Error(error.code, { status, cause: error });
    this.#state = FAILED;
    return this.#failure;
  }
}
