import type { HeaderInit } from './header-init.ts';

/** The content of a response. A Node `Readable` and a web `ReadableStream` count as `AsyncIterable`. */
export type Body = null | string | Uint8Array | ReadBody | PushBody | AsyncIterable<Uint8Array | string>;

/**
 * Bytes that can be read at any position: a file, an archive member, memory. Range requests and fast drivers can use
 * that.
 */
export interface ReadBody {
  readonly length: number;
  /** Fills `into` from `position`; resolves to how many bytes were read, 0 at the end. */
  read(into: Uint8Array, position: number): number | Promise<number>;
  /** Called once, even if nothing was read. A body with `fixed` holds nothing open and may be sent several times, so it need not be closed. */
  close(): void;
  /** For a body in memory: its bytes, which an engine may send as they are. */
  readonly fixed?: FixedBytes;
}

/** All bytes of a body in memory. Who makes it promises that they never change. */
export interface FixedBytes {
  readonly bytes: Uint8Array;
  /** For the engine: what it keeps for the next answer with the same bytes. At first `undefined`. */
  kept: unknown;
}

/** A body that pushes its bytes as they arrive: a proxied response, an encoder. */
export interface PushBody {
  /** Length in bytes, `null` if unknown. */
  readonly length: number | null;
  /** Starts to write to `sink`, possibly before `start` returns. Called once. */
  start(sink: BodySink): void;
  /** Backpressure: asks the body to stop writing until `resume()`. A `write` that returns false asks for the same. */
  pause(): void;
  resume(): void;
  /** Ends the body early, before or after `start`. The sink is not called again. */
  cancel(reason: Error): void;
}

/** Receives the bytes of a body. The order of calls is `write* (end | fail)`. */
export interface BodySink {
  /**
   * Takes a chunk. The chunk is lent only until `write` returns, unless `given` is true. Returning false asks the body
   * to wait for `resume()`.
   */
  write(chunk: Uint8Array, given?: boolean): boolean;
  end(trailers?: HeaderInit): void;
  fail(error: Error): void;
}

/** Whether a body is a `PushBody`. Engines and encoders treat the kinds differently. */
export function isPushBody(body: Body): body is PushBody {
  return body !== null && typeof body === 'object' && typeof (body as Partial<PushBody>).start === 'function';
}

/** Whether a body can be read at a position. */
export function isReadBody(body: Body): body is ReadBody {
  const isObject = body !== null && typeof body === 'object';
  return isObject && !(Symbol.asyncIterator in body) && typeof (body as Partial<ReadBody>).read === 'function';
}
