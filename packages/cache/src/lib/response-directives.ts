import type { HttpHeaders } from '@windhover/core';
import { type CacheControl, parseCacheControl, parseDictionary } from '@windhover/http-semantics';

/** What an origin says about the storage of its answer. */
export interface ResponseDirectives {
  readonly cacheControl: CacheControl;
  /** The value of Expires; `undefined` if there is none, or if it does not count. */
  readonly expires: string | undefined;
}

/**
 * Reads the directives for this cache. A valid `CDN-Cache-Control` replaces `Cache-Control` and `Expires` (RFC 9213 §2.2); an invalid or empty one
 * is ignored.
 */
export function responseDirectives(headers: HttpHeaders): ResponseDirectives {
  const targeted = headers.get('cdn-cache-control');
  if (targeted !== undefined && (parseDictionary(targeted)?.size ?? 0) > 0)
    return { cacheControl: parseCacheControl(targeted), expires: undefined };
  return { cacheControl: parseCacheControl(headers.get('cache-control') ?? ''), expires: headers.get('expires') };
}
