import type { CacheStore, PurgeListener } from './cache-store.ts';

/** Who keeps answers in a store of this process. */
const listenersOf = new WeakMap<CacheStore, Set<PurgeListener>>();

/** Several caches may share a store: each hears of the purges of all, so that none stores what was just arriving. Returns a function that ends this. */
export function onPurgeOf(store: CacheStore, listener: PurgeListener): () => void {
  if (store.onPurge !== undefined) return store.onPurge(listener);
  const listeners = listenersOf.get(store) ?? new Set();
  listenersOf.set(store, listeners);
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Purges a store, and tells all caches that share it. */
export function purgeStore(store: CacheStore, ...purge: Parameters<PurgeListener>): number | Promise<number> {
  for (const listener of listenersOf.get(store) ?? []) listener(...purge);
  return store.purge(...purge);
}
