import type { CacheEntry, CacheMeta, OpenedContent } from './cache-entry.ts';
import type { CacheStore, CacheWriter, PurgeSelector } from './cache-store.ts';

/** Larger answers are only in the slow store, so that a few of them do not fill the fast one. */
const maxFastBytes = 1024 * 1024;

/**
 * Creates a store out of two: `fast` keeps what is in use, `slow` keeps everything. An answer of at most 1 MiB is in both while there is room, and comes
 * back into `fast` when it is used. `fast` must answer at once, as memory does.
 */
export function createTieredStore(fast: CacheStore, slow: CacheStore): CacheStore {
  return new TieredStore(fast, slow);
}

/** An answer in the slow store that goes into the fast one when it is used. */
class SlowEntry implements CacheEntry {
  readonly entry: CacheEntry;
  private readonly fast: CacheStore;

  constructor(entry: CacheEntry, fast: CacheStore) {
    this.entry = entry;
    this.fast = fast;
  }

  get meta(): CacheMeta {
    return this.entry.meta;
  }

  open(): OpenedContent | Promise<OpenedContent> {
    const body = this.entry.open();
    return body instanceof Promise ? body.then((opened) => this.promote(opened)) : this.promote(body);
  }

  private promote(body: OpenedContent): OpenedContent {
    const bytes = body?.fixed?.bytes;
    if (bytes === undefined || bytes.byteLength > maxFastBytes) return body;
    const writer = this.fast.open(this.meta);
    writer.write(bytes);
    void writer.commit();
    return body;
  }
}

class TieredStore implements CacheStore {
  readonly defaultMaxObjectBytes: number;
  private readonly fast: CacheStore;
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
      if (same !== undefined) other.update(same, meta);
    };
    const found = other.get(meta.key);
    if (found instanceof Promise) void found.then(change);
    else change(found);
    own.update(inner, meta);
  }

  purge(selector: PurgeSelector, soft: boolean): number | Promise<number> {
    const fast = this.fast.purge(selector, soft) as number;
    const slow = this.slow.purge(selector, soft);
    return slow instanceof Promise ? slow.then((count) => Math.max(fast, count)) : Math.max(fast, slow);
  }

  /** Of the same answer in both, the fast one counts, unless another process has stored a newer one. */
  private merge(fast: readonly CacheEntry[], slow: readonly CacheEntry[]): readonly CacheEntry[] {
    if (slow.length === 0) return fast;
    if (fast.length === 1 && slow.length === 1 && isCurrent(fast[0]!, slow[0]!)) return fast;
    const merged: CacheEntry[] = [];
    for (const entry of slow)
      merged.push(fast.find((each) => isCurrent(each, entry)) ?? new SlowEntry(entry, this.fast));
    for (const entry of fast) if (!slow.some((each) => isSame(each, entry))) merged.push(entry);
    return merged;
  }
}

function isSame(left: CacheEntry, right: CacheEntry): boolean {
  return left.meta.variant === right.meta.variant && left.meta.coding === right.meta.coding;
}

function isCurrent(fast: CacheEntry, slow: CacheEntry): boolean {
  return isSame(fast, slow) && fast.meta.storedAtMs >= slow.meta.storedAtMs;
}
