import type { CacheEntry, CacheMeta } from './cache-entry.ts';
import {
  type CacheStore,
  type CacheWriter,
  isSelected,
  type PurgeListener,
  type PurgeSelector,
  type SharedCacheStore,
} from './cache-store.ts';
import { isCurrent, isSame } from './same-answer.ts';
import { maxFastBytes, SlowEntry, type SlowEntryOwner } from './slow-entry.ts';

/**
 * A store that servers share, with copies in memory. A fresh copy is used without a question to the shared store, as long as the purges of the others are
 * known. Small answers only are copied.
 */
export class NearStore implements CacheStore, SlowEntryOwner {
  readonly defaultMaxObjectBytes: number;
  readonly fast: CacheStore;
  purges = 0;
  private readonly shared: SharedCacheStore;
  private readonly arriving = new Set<NearWriter>();

  constructor(fast: CacheStore, shared: SharedCacheStore) {
    this.fast = fast;
    this.shared = shared;
    this.defaultMaxObjectBytes = shared.defaultMaxObjectBytes ?? maxFastBytes;
    shared.onPurge((selector, soft) => this.purged(selector, soft));
  }

  get bytes(): number {
    return this.fast.bytes + this.shared.bytes;
  }

  /** What is in both counts once. */
  get size(): number {
    return Math.max(this.fast.size, this.shared.size);
  }

  get(key: string): readonly CacheEntry[] {
    return this.shared.isCurrent ? (this.fast.get(key) as readonly CacheEntry[]) : nothing;
  }

  async getAll(key: string): Promise<readonly CacheEntry[]> {
    const shared = await this.shared.get(key);
    return this.merge(this.get(key), shared);
  }

  open(meta: CacheMeta): CacheWriter {
    const writer = new NearWriter(this.fast.open(meta), this.shared.open(meta), meta, () =>
      this.arriving.delete(writer),
    );
    this.arriving.add(writer);
    return writer;
  }

  update(entry: CacheEntry, meta: CacheMeta): void | Promise<void> {
    const isShared = entry instanceof SlowEntry;
    const inner = isShared ? entry.entry : entry;
    const { storedAtMs } = inner.meta;
    // Another server may have replaced it meanwhile: the description of another content must not change.
    const isSameContent = (each: CacheEntry): boolean => isSame(each, inner) && each.meta.storedAtMs === storedAtMs;
    const copy = isShared ? (this.fast.get(meta.key) as readonly CacheEntry[]).find(isSameContent) : inner;
    const original = isShared ? inner : this.shared.get(meta.key).then((found) => found.find(isSameContent));
    if (copy !== undefined) void this.fast.update(copy, meta);
    if (!(original instanceof Promise)) return this.shared.update(original, meta);
    return original.then((found) => (found === undefined ? undefined : this.shared.update(found, meta)));
  }

  purge(selector: PurgeSelector, soft: boolean): Promise<number> {
    return this.shared.purge(selector, soft);
  }

  onPurge(listener: PurgeListener): () => void {
    return this.shared.onPurge(listener);
  }

  private purged(selector: PurgeSelector, soft: boolean): void {
    this.purges += 1;
    for (const writer of this.arriving) if (isSelected(selector, writer.meta)) writer.isPurged = true;
    void this.fast.purge(selector, soft);
  }

  private merge(fast: readonly CacheEntry[], shared: readonly CacheEntry[]): readonly CacheEntry[] {
    if (shared.length === 0) return fast;
    const merged: CacheEntry[] = shared.map(
      (entry) =>
        fast.find((each) => isCurrent(each, entry) && each.meta.codings === entry.meta.codings) ??
        new SlowEntry(entry, this),
    );
    for (const entry of fast) if (!shared.some((each) => isSame(each, entry))) merged.push(entry);
    return merged;
  }
}

const nothing: readonly never[] = [];

/** Writes an answer to the shared store, and then to memory unless it was purged meanwhile. */
class NearWriter implements CacheWriter {
  readonly meta: CacheMeta;
  isPurged = false;
  private fast: CacheWriter | null;
  private readonly shared: CacheWriter;
  private readonly onOver: () => void;
  private total = 0;

  constructor(fast: CacheWriter, shared: CacheWriter, meta: CacheMeta, onOver: () => void) {
    this.fast = fast;
    this.shared = shared;
    this.meta = meta;
    this.onOver = onOver;
  }

  write(chunk: Uint8Array): void {
    this.shared.write(chunk);
    this.total += chunk.byteLength;
    if (this.total <= maxFastBytes) this.fast?.write(chunk);
    else this.dropFast();
  }

  async commit(): Promise<void> {
    await this.shared.commit();
    this.onOver();
    if (this.isPurged) this.dropFast();
    else void this.fast?.commit();
  }

  discard(): void {
    this.onOver();
    this.dropFast();
    this.shared.discard();
  }

  private dropFast(): void {
    this.fast?.discard();
    this.fast = null;
  }
}
