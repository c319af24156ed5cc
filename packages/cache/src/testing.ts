export { type CacheStoreRule, cacheStoreRules, type OpenStore } from './lib/cache-store-rules.ts';
export { metaOf } from './lib/plain-meta.ts';
