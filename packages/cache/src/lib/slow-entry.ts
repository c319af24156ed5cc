import type { CacheEntry, CacheMeta, OpenedContent } from './cache-entry.ts';
import type { CacheStore } from './cache-store.ts';

/** Larger answers are only in the slow store, so that a few of them do not fill the fast one. */
export const maxFastBytes = 1024 * 1024;

/** The store of two parts that a `SlowEntry` is in. */
export interface SlowEntryOwner {
  readonly fast: CacheStore;
  /** How many purges there were. */
  readonly purges: number;
}

/** An answer in the slow store that goes into the fast one when it is used, unless a purge has come between. */
export class SlowEntry implements CacheEntry {
  readonly entry: CacheEntry;
  private readonly owner: SlowEntryOwner;
  private readonly purges: number;

  constructor(entry: CacheEntry, owner: SlowEntryOwner) {
    this.entry = entry;
    this.owner = owner;
    this.purges = owner.purges;
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
    if (bytes === undefined || bytes.byteLength > maxFastBytes || this.purges !== this.owner.purges) return body;
    const writer = this.owner.fast.open(this.meta);
    writer.write(bytes);
    void writer.commit();
    return body;
  }
}
