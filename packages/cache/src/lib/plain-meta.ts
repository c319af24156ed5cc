import { type CacheMeta, everyCoding } from './cache-entry.ts';

/** The description of an answer that is fresh for a minute, for tests of stores. */
export function metaOf(key: string, more: Partial<CacheMeta> = {}): CacheMeta {
  return {
    key,
    url: '',
    vary: [],
    variant: '',
    coding: '',
    codings: everyCoding,
    status: 200,
    fields: ['content-type', 'text/plain', 'Content-Type'],
    length: null,
    storedAtMs: 0,
    initialAgeSeconds: 0,
    lifetimeSeconds: 60,
    staleWhileRevalidateSeconds: 0,
    staleIfErrorSeconds: 0,
    noCache: false,
    mustRevalidate: false,
    isAssigned: false,
    tags: [],
    ...more,
  };
}
