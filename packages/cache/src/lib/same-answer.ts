import type { CacheEntry } from './cache-entry.ts';

/** Whether one of the two takes the place of the other in a store. They have the same key. */
export function isSame(left: CacheEntry, right: CacheEntry): boolean {
  return left.meta.variant === right.meta.variant && left.meta.coding === right.meta.coding;
}

/** Whether `fast` is as new as `slow`, the same answer in another store. */
export function isCurrent(fast: CacheEntry, slow: CacheEntry): boolean {
  return isSame(fast, slow) && fast.meta.storedAtMs >= slow.meta.storedAtMs;
}
