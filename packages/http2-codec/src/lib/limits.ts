import { fail } from './errors.ts';

/** The limits of a connection, in bytes or counts. */
export interface Http2Limits {
  /**
   * Streams that the peer may have open at a time; more are refused with REFUSED_STREAM, so that they may be retried.
   * Default: 100, as RFC 9113 §6.5.2 advises and HAProxy, Varnish and Apache have it.
   */
  readonly maxConcurrentStreams: number;
  /**
   * The fields of a head with 32 bytes for each (RFC 9113 §6.5.2); the owner answers a larger one with 431. Default:
   * 32768, as for heads of HTTP/1.1.
   */
  readonly maxHeaderListBytes: number;
  /** Fields in a head, pseudo-fields left out and the parts of a cookie counted as one. Default: 100, as in HTTP/1.1. */
  readonly maxHeaderCount: number;
  /** The same as `maxHeaderListBytes` for trailers. Default: 8192, a quarter of the head. */
  readonly maxTrailersBytes: number;
  /** Default: 32, a third of those in a head. */
  readonly maxTrailerCount: number;
  /**
   * CONTINUATION frames of a header block, which ends the connection if it has more. Default: 16. Frames carry 16 KiB,
   * so that an honest head needs one or two.
   */
  readonly maxContinuations: number;
  /** The table that the peer's encoder may fill. Default: 4096, as in RFC 9113 §6.5.2. At most 65536. */
  readonly headerTableBytes: number;
  /**
   * How much of a request body the peer may send before the owner takes it. Default: 262144, which lets 5 MB/s through
   * at a round trip of 50 ms.
   */
  readonly streamWindowBytes: number;
  /** The same for all streams of a connection together: it bounds their memory. Default: 1048576. */
  readonly connectionWindowBytes: number;
  /**
   * Streams that may be reset before they ended, by the peer or because of its mistakes, before the connection is
   * ended. Each stream that ends in order gives one back. Default: 200, more than a page of images that is left at once.
   */
  readonly maxResets: number;
  /** How many resets the peer gets back in a second. Default: 7, which makes 200 in 30 seconds. */
  readonly resetsPerSecond: number;
  /**
   * Frames without work (PING, SETTINGS, PRIORITY, WINDOW_UPDATE, empty DATA and unknown ones) before the connection is
   * ended. Heads and bodies in both directions give some back. Default: 1000, as in nghttp2.
   */
  readonly maxControlFrames: number;
  /** How many such frames the peer gets back in a second. Default: 100, enough for a ping every 10 ms. */
  readonly controlFramesPerSecond: number;
  /** Client: 1xx responses before the final one. Default: 16, as in HTTP/1.1. */
  readonly maxInformational: number;
}

export const defaultHttp2Limits: Http2Limits = Object.freeze({
  maxConcurrentStreams: 100,
  maxHeaderListBytes: 32_768,
  maxHeaderCount: 100,
  maxTrailersBytes: 8192,
  maxTrailerCount: 32,
  maxContinuations: 16,
  headerTableBytes: 4096,
  streamWindowBytes: 262_144,
  connectionWindowBytes: 1_048_576,
  maxResets: 200,
  resetsPerSecond: 7,
  maxControlFrames: 1000,
  controlFramesPerSecond: 100,
  maxInformational: 16,
});

const MAX_WINDOW = 0x7fffffff;
/** The smallest and largest value of limits that the protocol bounds. */
const ranges: { readonly [Name in keyof Http2Limits]?: readonly [number, number] } = {
  maxConcurrentStreams: [0, 0xffffffff],
  maxHeaderListBytes: [0, 16_777_216],
  headerTableBytes: [0, 65_536],
  streamWindowBytes: [0, MAX_WINDOW],
  connectionWindowBytes: [65_535, MAX_WINDOW], // RFC 9113 §6.9.2: nothing makes it smaller
};

const resolved = new WeakSet<object>([defaultHttp2Limits]);

/**
 * Returns a new object with the given limits, and defaults for the others; unknown properties are left out. An object
 * that it has returned before is returned as it is.
 *
 * @throws Http2Error if a limit is not a count or out of its range.
 */
export function resolveHttp2Limits(limits: Partial<Http2Limits> = defaultHttp2Limits): Http2Limits {
  if (resolved.has(limits)) return limits as Http2Limits;
  const result = { ...defaultHttp2Limits } as { -readonly [Name in keyof Http2Limits]: number };
  for (const name of Object.keys(defaultHttp2Limits) as (keyof Http2Limits)[]) {
    const value = limits[name] ?? defaultHttp2Limits[name];
    const [least, most] = ranges[name] ?? [0, Number.MAX_SAFE_INTEGER];
    if (!Number.isSafeInteger(value) || value < least || value > most) fail('HTTP2_INVALID_LIMIT');
    result[name] = value;
  }
  resolved.add(Object.freeze(result));
  return result;
}
