import type { CacheMeta } from './cache-entry.ts';
import { isSelected, type PurgeSelector } from './cache-store.ts';
import { type Queued, S3Fifo } from './s3-fifo.ts';

/** An answer in an `EntryTable`. */
export interface TableEntry extends Queued {
  meta: CacheMeta;
}

/** How many variants of one key are kept; the oldest goes first. A `Vary` by a field with many values cannot make each search slow. */
const maxVariants = 64;

/** The answers of a store with limited room: finds them by key, URL, prefix and tag, and decides by S3-FIFO which ones have to go. */
export class EntryTable<Entry extends TableEntry> {
  /** Most keys have one entry, which needs no list. */
  private readonly entries = new Map<string, Entry | readonly Entry[]>();
  private readonly byTag = new Map<string, Set<Entry>>();
  /** Entries whose key is more than their URL. */
  private readonly byUrl = new Map<string, Set<Entry>>();
  private readonly order: S3Fifo;
  private readonly maxBytes: number;
  private readonly onRemoved: (entry: Entry) => void;
  size = 0;

  /** @param onRemoved called for each entry that is replaced, evicted or removed */
  constructor(maxBytes: number, onRemoved: (entry: Entry) => void = () => undefined) {
    this.maxBytes = maxBytes;
    this.onRemoved = onRemoved;
    this.order = new S3Fifo(maxBytes, (item) => this.forget(item as Entry));
  }

  get bytes(): number {
    return this.order.bytes;
  }

  get(key: string): readonly Entry[] {
    const found = this.entries.get(key);
    if (found === undefined) return nothing;
    return isList(found) ? found : [found];
  }

  /** Adds an entry in place of the one with the same key, variant and content coding; returns whether there is room for it. */
  add(entry: Entry): boolean {
    const { key, variant, coding, codings } = entry.meta;
    if (entry.bytes > this.maxBytes) return false;
    for (const other of this.get(key)) {
      if (other.meta.variant !== variant) continue;
      if (other.meta.coding === coding) {
        entry.meta = { ...entry.meta, codings: entry.meta.codings | other.meta.codings };
        this.remove(other);
      } else other.meta = { ...other.meta, codings: other.meta.codings & ~codings };
    }
    const kept = this.get(key);
    if (kept.length >= maxVariants) this.remove(kept[0]!);
    const others = this.get(key);
    this.entries.set(key, others.length === 0 ? entry : [...others, entry]);
    this.size += 1;
    this.index(entry);
    this.order.add(entry);
    return entry.queue !== null;
  }

  /** Replaces the description of an entry; returns whether the entry is still there. */
  update(entry: Entry, meta: CacheMeta): boolean {
    if (entry.queue === null) return false;
    this.unindex(entry);
    entry.meta = meta;
    this.index(entry);
    return true;
  }

  remove(entry: Entry): void {
    if (entry.queue === null) return;
    this.order.remove(entry);
    this.forget(entry);
  }

  select(selector: PurgeSelector): Entry[] {
    if ('tag' in selector) return [...(this.byTag.get(selector.tag) ?? [])];
    if ('url' in selector) return [...this.get(selector.url), ...(this.byUrl.get(selector.url) ?? [])];
    const all = [...this.entries.values()].flatMap((found) => (isList(found) ? found : [found]));
    return all.filter((entry) => isSelected(selector, entry.meta));
  }

  private forget(entry: Entry): void {
    const { key } = entry.meta;
    const left = this.get(key).filter((each) => each !== entry);
    if (left.length === 0) this.entries.delete(key);
    else this.entries.set(key, left.length === 1 ? left[0]! : left);
    this.size -= 1;
    this.unindex(entry);
    this.onRemoved(entry);
  }

  private index(entry: Entry): void {
    for (const tag of entry.meta.tags) addTo(this.byTag, tag, entry);
    if (entry.meta.url !== '') addTo(this.byUrl, entry.meta.url, entry);
  }

  private unindex(entry: Entry): void {
    for (const tag of entry.meta.tags) removeFrom(this.byTag, tag, entry);
    if (entry.meta.url !== '') removeFrom(this.byUrl, entry.meta.url, entry);
  }
}

const nothing: readonly never[] = [];

function isList<Entry>(found: Entry | readonly Entry[]): found is readonly Entry[] {
  return Array.isArray(found);
}

function addTo<Entry>(index: Map<string, Set<Entry>>, name: string, entry: Entry): void {
  const found = index.get(name);
  if (found === undefined) index.set(name, new Set([entry]));
  else found.add(entry);
}

function removeFrom<Entry>(index: Map<string, Set<Entry>>, name: string, entry: Entry): void {
  const found = index.get(name);
  found?.delete(entry);
  if (found?.size === 0) index.delete(name);
}
