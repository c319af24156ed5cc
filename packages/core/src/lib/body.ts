import type { HeaderInit } from './http-headers.ts';

/** The content of a response, as a value. A Node `Readable` and a web `ReadableStream` are the last kind. */
export type Body = null | string | Uint8Array | ReadBody | PushBody | AsyncIterable<Uint8Array | string>;

/** Bytes readable at a position: a file, an archive member, memory. Ranges and fast drivers see through it. */
export interface ReadBody {
  readonly length: number;
  /** Fills `into` from `position`; resolves to how many bytes were read, 0 at the end. */
  read(into: Uint8Array, position: number): number | Promise<number>;
  /** Called once, whether it was read or not. */
  close(): void;
}

/** Bytes that arrive by themselves: a proxied response, an encoder. */
export interface PushBody {
  /** Bytes to come, `null` when unknown. */
  readonly length: number | null;
  /** Begins to give bytes to `sink`, perhaps before it returns. Called once. */
  start(sink: BodySink): void;
  /** Asks for silence until `resume()`. A `write` that returned false has asked already. */
  pause(): void;
  resume(): void;
  /** Ends it early, before or after `start`. The sink is not called again. */
  cancel(reason: Error): void;
}

/** Where bytes go: `write* (end | fail)`. */
export interface BodySink {
  /**
   * Takes a chunk. It is lent until `write` returns, unless `given` is true. False asks the body to wait for `resume()`.
   */
  write(chunk: Uint8Array, given?: boolean): boolean;
  end(trailers?: HeaderInit): void;
  fail(error: Error): void;
}

/** Whether a body pushes: engines and encoders treat the kinds differently. */
export function isPushBody(body: Body): body is PushBody {
  return body !== null && typeof body === 'object' && typeof (body as Partial<PushBody>).start === 'function';
}

/** Whether a body can be read at a position. */
export function isReadBody(body: Body): body is ReadBody {
  const isObject = body !== null && typeof body === 'object';
  return isObject && !(Symbol.asyncIterator in body) && typeof (body as Partial<ReadBody>).read === 'function';
}
