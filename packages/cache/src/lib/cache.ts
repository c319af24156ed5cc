import type { HttpContext, Middleware } from '@windhover/core';
import type { CacheOptions } from './cache-options.ts';
import { createCache } from './create-cache.ts';

/**
 * A shared cache for what stands behind it (RFC 9111). It stores only what the origin allows, asks the origin once for all who wait, and answers
 * conditions and ranges from what is stored. Use `createCache` to purge. Throws `CACHE_OPTION_INVALID` when it is created.
 */
export function cache(options: CacheOptions = {}): Middleware<HttpContext> {
  return createCache(options).middleware;
}
