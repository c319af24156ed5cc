export { cache } from './lib/cache.ts';
export type { CacheEntry, CacheMeta, OpenedContent } from './lib/cache-entry.ts';
export type { CacheEvent, CacheObserver } from './lib/cache-observer.ts';
export type { CacheOptions } from './lib/cache-options.ts';
export type {
  CacheStore,
  CacheWriter,
  PurgeListener,
  PurgeSelector,
  SharedCacheStore,
  Spool,
} from './lib/cache-store.ts';
export { isSelected, softened } from './lib/cache-store.ts';
export { type Cache, type CacheStats, createCache } from './lib/create-cache.ts';
export { createDiskStore, type DiskStore, type DiskStoreOptions } from './lib/create-disk-store.ts';
export type { StoreBus } from './lib/disk-store.ts';
export { type CacheErrorCode, cacheErrors } from './lib/errors.ts';
export { FixedBody } from './lib/fixed-body.ts';
export { isStoredMeta } from './lib/is-stored-meta.ts';
export type { LookUp } from './lib/look-up.ts';
export { createMemoryStore, type MemoryStoreOptions } from './lib/memory-store.ts';
export type { CachePreset } from './lib/presets.ts';
export { type PurgeRequestsOptions, purgeRequests } from './lib/purge-requests.ts';
export { createTieredStore } from './lib/tiered-store.ts';
