import { fail } from './errors.ts';

/** The limits of a parser, in bytes or counts. A message beyond a limit is refused, never truncated. */
export interface Http1Limits {
  /**
   * The start line with its CR LF; a longer one gets a 414. Default: 8192, as in Kestrel and Apache; RFC 9112 §3 asks
   * for at least 8000.
   */
  readonly maxRequestLineBytes: number;
  /**
   * The whole head: start line, fields and the empty line; a larger one gets a 431. Default: 32768, as in Kestrel and
   * in nginx (`large_client_header_buffers` 4 × 8 KiB).
   */
  readonly maxHeadersBytes: number;
  /** Field lines in a head; more get a 431. Default: 100, as in Kestrel and Apache. */
  readonly maxHeaderCount: number;
  /**
   * Empty lines before a request line. Default: 2. RFC 9112 §2.2 asks for at least one, because old clients send one
   * after a form.
   */
  readonly maxLeadingEmptyLines: number;
  /** Extensions of one chunk. Default: 1024, more than ten times the longest in use (82 bytes, in a signed upload). */
  readonly maxChunkExtensionBytes: number;
  /** Extensions of all chunks of a body together. Default: 16384, as in hyper; raise it for signed uploads. */
  readonly maxTotalChunkExtensionBytes: number;
  /**
   * The whole trailer section with its empty line. Default: 8192, a quarter of the head, because trailers are only
   * checksums and timings.
   */
  readonly maxTrailersBytes: number;
  /** Field lines in a trailer section. Default: 32, a third of those in a head, for the same reason. */
  readonly maxTrailerCount: number;
  /** 1xx responses before the final one. Default: 16, so that a client is not kept waiting for ever. */
  readonly maxInformational: number;
}

export const defaultHttp1Limits: Http1Limits = Object.freeze({
  maxRequestLineBytes: 8192,
  maxHeadersBytes: 32_768,
  maxHeaderCount: 100,
  maxLeadingEmptyLines: 2,
  maxChunkExtensionBytes: 1024,
  maxTotalChunkExtensionBytes: 16_384,
  maxTrailersBytes: 8192,
  maxTrailerCount: 32,
  maxInformational: 16,
});

/**
 * Returns a new object with the given limits, and defaults for the others; unknown properties are left out.
 *
 * @throws Http1Error if a limit is not a count.
 */
export function resolveHttp1Limits(limits: Partial<Http1Limits> = {}): Http1Limits {
  const resolved = { ...defaultHttp1Limits } as { -readonly [Name in keyof Http1Limits]: number };
  for (const name of Object.keys(defaultHttp1Limits) as (keyof Http1Limits)[]) {
    const value = limits[name] ?? defaultHttp1Limits[name];
    if (!Number.isSafeInteger(value) || value < 0) fail('HTTP1_INVALID_LIMIT', name);
    resolved[name] = value;
  }
  return resolved;
}
