import type { HttpContext, Middleware } from '@windhover/core';
import { cacheKey } from './cache-key.ts';
import type { CacheEvent } from './cache-observer.ts';
import { type CacheOptions, resolveCache } from './cache-options.ts';
import type { PurgeSelector } from './cache-store.ts';
import { type LookUp, lookUp } from './look-up.ts';
import { ResponseCache } from './response-cache.ts';

/** A cache with what a program needs to look after it. */
export interface Cache {
  readonly middleware: Middleware<HttpContext>;
  /**
   * Removes answers and resolves to how many. An answer that is just arriving is not stored either. A soft purge only makes them stale: they are validated
   * before the next use, and may still be served while the origin fails.
   */
  purge(selector: PurgeSelector, options?: { readonly soft?: boolean }): Promise<number>;
  /** Returns the URL that a request is stored by, with scheme and host. */
  urlOf(context: Pick<HttpContext, 'request' | 'client'>): string;
  /** Says what the cache would do with a request now, without a change to it. */
  lookUp(context: Pick<HttpContext, 'request' | 'client'>): LookUp;
  /** Runs `listener` for purges that a request with an unsafe method caused, so that other processes can do the same. */
  onInvalidate(listener: (selector: PurgeSelector) => void): void;
  /** Ends what the cache has begun with a store that outlives it. Not needed for a cache that lives as long as its store. */
  close(): void;
  /** How often each event happened, and what is stored. */
  readonly stats: CacheStats;
}

/** Counts since the start, and what is stored now. */
export interface CacheStats extends Readonly<Record<CacheEvent, number>> {
  /** See `CacheObserver`. */
  readonly servedBytes: number;
  readonly fetchedBytes: number;
  readonly entries: number;
  readonly bytes: number;
}

/** Creates a cache whose answers can be purged. Throws `CACHE_OPTION_INVALID`. */
export function createCache(options: CacheOptions = {}): Cache {
  const settings = resolveCache(options);
  const counts: Record<CacheEvent, number> = { hit: 0, stale: 0, revalidated: 0, collapsed: 0, miss: 0, bypass: 0 };
  let servedBytes = 0;
  let fetchedBytes = 0;
  const observer = {
    count: (event: CacheEvent): void => {
      counts[event] += 1;
      settings.observer.count(event);
    },
    served: (bytes: number): void => {
      servedBytes += bytes;
      settings.observer.served?.(bytes);
    },
    fetched: (bytes: number): void => {
      fetchedBytes += bytes;
      settings.observer.fetched?.(bytes);
    },
    stored: (entries: number, bytes: number): void => settings.observer.stored?.(entries, bytes),
  };
  const responses = new ResponseCache({ ...settings, observer });
  return {
    middleware: function cache(context, next) {
      return responses.handle(context, next);
    },
    purge: async (selector, { soft = false } = {}) => {
      const count = await responses.purge(selector, soft);
      observer.stored(settings.store.size, settings.store.bytes);
      return count;
    },
    urlOf: (context) => cacheKey(context, settings.key).url,
    lookUp: (context) => lookUp(context, settings),
    onInvalidate: (listener) => {
      responses.onInvalidate = listener;
    },
    close: () => responses.close(),
    get stats() {
      return { ...counts, servedBytes, fetchedBytes, entries: settings.store.size, bytes: settings.store.bytes };
    },
  };
}
