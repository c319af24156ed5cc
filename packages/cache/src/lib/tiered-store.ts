import type { CacheEntry, CacheMeta } from './cache-entry.ts';
import type { CacheStore, CacheWriter, PurgeSelector, SharedCacheStore } from './cache-store.ts';
import { NearStore } from './near-store.ts';
import { isCurrent, isSame } from './same-answer.ts';
import { maxFastBytes, SlowEntry, type SlowEntryOwner } from './slow-entry.ts';

/**
 * Creates a store out of two: `fast` keeps what is in use, `slow` keeps everything. An answer of at most 1 MiB is in both while there is room, and comes
 * back into `fast` when it is used. `fast` must answer at once, as memory does.
 *
 * If several servers share `slow`, it is not asked while `fast` has a fresh answer: what others purge is removed from `fast` as well.
 */
export function createTieredStore(fast: CacheStore, slow: CacheStore | SharedCacheStore): CacheStore {
  return 'isCurrent' in slow ? new NearStore(fast, slow) : new TieredStore(fast, slow);
}

class TieredStore implements CacheStore, SlowEntryOwner {
  readonly defaultMaxObjectBytes: number;
  readonly fast: CacheStore;
  purges = 0;
  private readonly slow: CacheStore;

  constructor(fast: CacheStore, slow: CacheStore) {
    this.fast = fast;
    this.slow = slow;
    this.defaultMaxObjectBytes = slow.defaultMaxObjectBytes ?? maxFastBytes;
  }

  get bytes(): number {
    return this.fast.bytes + this.slow.bytes;
  }

  /** What is in both counts once. What is in the fast store only could not be written. */
  get size(): number {
    return Math.max(this.fast.size, this.slow.size);
  }

  get(key: string): readonly CacheEntry[] | Promise<readonly CacheEntry[]> {
    const fast = this.fast.get(key) as readonly CacheEntry[];
    const slow = this.slow.get(key);
    return slow instanceof Promise ? slow.then((found) => this.merge(fast, found)) : this.merge(fast, slow);
  }

  open(meta: CacheMeta): CacheWriter {
    const slow = this.slow.open(meta);
    let fast: CacheWriter | null = this.fast.open(meta);
    let total = 0;
    return {
      write(chunk) {
        slow.write(chunk);
        total += chunk.byteLength;
        if (total <= maxFastBytes) fast?.write(chunk);
        else {
          fast?.discard();
          fast = null;
        }
      },
      commit() {
        void fast?.commit();
        return slow.commit();
      },
      discard() {
        fast?.discard();
        slow.discard();
      },
      ...(slow.spool === undefined ? {} : { spool: slow.spool }),
    };
  }

  update(entry: CacheEntry, meta: CacheMeta): void {
    const isSlow = entry instanceof SlowEntry;
    const [own, other] = isSlow ? [this.slow, this.fast] : [this.fast, this.slow];
    const inner = isSlow ? entry.entry : entry;
    const change = (found: readonly CacheEntry[]): void => {
      const same = found.find((each) => isSame(each, inner));
      if (same !== undefined) void other.update(same, meta);
    };
    const found = other.get(meta.key);
    if (found instanceof Promise) void found.then(change);
    else change(found);
    void own.update(inner, meta);
  }

  purge(selector: PurgeSelector, soft: boolean): number | Promise<number> {
    this.purges += 1;
    const fast = this.fast.purge(selector, soft) as number;
    const slow = this.slow.purge(selector, soft);
    return slow instanceof Promise ? slow.then((count) => Math.max(fast, count)) : Math.max(fast, slow);
  }

  /** Of the same answer in both, the fast one counts, unless another process has stored a newer one. */
  private merge(fast: readonly CacheEntry[], slow: readonly CacheEntry[]): readonly CacheEntry[] {
    if (slow.length === 0) return fast;
    if (fast.length === 1 && slow.length === 1 && isCurrent(fast[0]!, slow[0]!)) return fast;
    const merged: CacheEntry[] = [];
    for (const entry of slow) merged.push(fast.find((each) => isCurrent(each, entry)) ?? new SlowEntry(entry, this));
    for (const entry of fast) if (!slow.some((each) => isSame(each, entry))) merged.push(entry);
    return merged;
  }
}
