/**
 * What a cache did with a request:
 * - `hit`: answered from the store, fresh
 * - `stale`: answered from the store although stale
 * - `revalidated`: answered from the store after the origin said that it is still right
 * - `collapsed`: answered with the answer to another request
 * - `miss`: the origin was asked
 * - `bypass`: the request or the answer does not concern the cache
 */
export type CacheEvent = 'hit' | 'stale' | 'revalidated' | 'collapsed' | 'miss' | 'bypass';

/** Receives what happens in a cache. */
export interface CacheObserver {
  count(event: CacheEvent): void;
  /** Content for a client that did not come from the origin for it alone: from the store, or shared. Bytes that were announced, also if the client leaves. */
  served?(bytes: number): void;
  /** Content that has arrived from the origin, to be shared or stored. */
  fetched?(bytes: number): void;
  /** What is stored now, after an answer was stored or answers were purged. */
  stored?(entries: number, bytes: number): void;
}
