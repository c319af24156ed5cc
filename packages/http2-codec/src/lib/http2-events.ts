import type { Http2Error } from './errors.ts';
import type { Http2Stream } from './http2-stream.ts';

/**
 * What a connection tells its owner, all during `receive()` or when it is no longer blocked, and never one inside
 * another; `output` and `hasOutput` also while the owner writes.
 */
export interface Http2Events {
  /**
   * A whole, valid head: of a request in the server role, of a response (also an interim one, see `status`) in the
   * client role. `isEnd`: nothing follows, and `end` is not called.
   */
  head(stream: Http2Stream, isEnd: boolean): void;
  /** Bytes of a body, lent, never empty. They count against the windows until they are given to `credit`. */
  data(stream: Http2Stream, bytes: Uint8Array): void;
  /** The end of a body; `trailers`: flat triples, or null. */
  end(stream: Http2Stream, trailers: readonly string[] | null): void;
  /**
   * The stream is over: the peer has reset it (`error.isPeers`), or it broke a rule and was sent RST_STREAM. Not called
   * for streams that ended in both directions.
   */
  reset(stream: Http2Stream, error: Http2Error): void;
  /** The stream did not take all of a `write`, and takes more now. Called once. */
  writable(stream: Http2Stream): void;
  /** The peer broke a rule on a stream that the owner does not know; for logs. */
  refused(error: Http2Error): void;
  /** The connection is over; GOAWAY is in the output. The owner flushes, closes, and ends its streams itself. */
  failed(error: Http2Error): void;
  /**
   * The peer goes away; it has not processed streams of ours above `lastStreamId`, which were told of by `reset`.
   * `debugText`: what it says about that, at most 128 printable characters.
   */
  goneAway(lastStreamId: number, code: number, debugText: string): void;
  /** The answer to `ping`, lent. */
  pong(payload: Uint8Array): void;
  /** The peer has changed its settings. */
  settingsChanged(): void;
  /** There are frames to write, for the first time since the last `flush()`. */
  hasOutput(): void;
  /** Frames to write. Returns true if they have left already, so that the buffer may be used again. */
  output(bytes: Uint8Array): boolean;
}
