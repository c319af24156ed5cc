import type { ReadBody } from '@windhover/core';

/** Everything about a stored answer but its content. Times are milliseconds since the epoch. */
export interface CacheMeta {
  readonly key: string;
  /** The URL with scheme and host, for purges. */
  readonly url: string;
  /** The names of `Vary` in lower case, without `accept-encoding`. */
  readonly vary: readonly string[];
  /** The values that these fields had in the request; see `variantOf`. */
  readonly variant: string;
  /** The `Content-Encoding`; `''` without one. */
  readonly coding: string;
  /**
   * Who gets this content, as a bit for each combination of accepted codings (see `acceptedCodings`): bit 5 for clients that accept
   * exactly br and gzip. All bits if the answer does not depend on it.
   */
  readonly codings: number;
  readonly status: number;
  /** Flat list of triples `name, value, spelling`. */
  readonly fields: readonly string[];
  /** The length of the content in bytes; `null` until all of it has arrived. */
  readonly length: number | null;
  /** When the answer arrived, or was last validated. */
  readonly storedAtMs: number;
  /** The age that it had then (RFC 9111 §4.2.3). */
  readonly initialAgeSeconds: number;
  readonly lifetimeSeconds: number;
  readonly staleWhileRevalidateSeconds: number;
  readonly staleIfErrorSeconds: number;
  /** Must be validated before each use: `no-cache`. */
  readonly noCache: boolean;
  /** Must never be used when stale: `must-revalidate`, `proxy-revalidate`, `s-maxage` (RFC 9111 §5.2.2.10). */
  readonly mustRevalidate: boolean;
  /** The lifetime comes from a rule of this cache, not from the origin. Requests with credentials do not get it. */
  readonly isAssigned: boolean;
  /** From `Surrogate-Key` and `Cache-Tag`. */
  readonly tags: readonly string[];
}

/** A stored answer. */
export interface CacheEntry {
  readonly meta: CacheMeta;
  /**
   * Opens the content. Each caller gets its own body, or one that several may send at once. `null`: it is lost or damaged, and the request counts as a
   * miss.
   */
  open(): OpenedContent | Promise<OpenedContent>;
}

/** The content of a stored answer; `null` if it is not there any more. */
export type OpenedContent = ReadBody | null;

/** All bits of `CacheMeta.codings`. */
export const everyCoding = 255;
