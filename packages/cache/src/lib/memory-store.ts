import type { Clock, ReadBody } from '@windhover/core';
import { anyObject, checkOptions, wholeNumber } from '@windhover/options';
import type { CacheEntry, CacheMeta } from './cache-entry.ts';
import { type CacheStore, type CacheWriter, isSelected, type PurgeSelector, softened } from './cache-store.ts';
import { optionError } from './errors.ts';
import { FixedBody } from './fixed-body.ts';
import { type Queued, S3Fifo } from './s3-fifo.ts';
import { systemClock } from './system-clock.ts';

/** Options of `createMemoryStore`. */
export interface MemoryStoreOptions {
  /** How many bytes the answers may take, their fields included. Default: 64 MiB, a small part of the memory of any server. */
  readonly maxBytes?: number;
  /** Default: the system's. */
  readonly clock?: Pick<Clock, 'now'>;
}

/** What an entry costs besides its content, key and fields; measured. */
const entryBytes = 1050;
/** How many variants of one key are kept; the oldest goes first. A `Vary` by a field with many values cannot make each search slow. */
const maxVariants = 64;

class MemoryEntry implements CacheEntry, Queued {
  meta: CacheMeta;
  readonly bytes: number;
  uses = 0;
  queue: Queued['queue'] = null;
  before: Queued | null = null;
  after: Queued | null = null;
  private readonly body: FixedBody;

  constructor(meta: CacheMeta, content: Uint8Array) {
    this.meta = meta;
    this.body = new FixedBody(content);
    this.bytes =
      entryBytes +
      content.byteLength +
      meta.key.length +
      meta.fields.reduce((sum, text, index) => (index % 3 === 1 ? sum + text.length : sum), 0);
  }

  get name(): string {
    return this.meta.key;
  }

  open(): ReadBody {
    if (this.uses < 3) this.uses += 1;
    return this.body;
  }
}

/** Creates a store in the memory of this process. It keeps what is used often, by S3-FIFO. */
export function createMemoryStore(options: MemoryStoreOptions = {}): CacheStore {
  checkOptions(options, { maxBytes: wholeNumber(0), clock: anyObject }, optionError);
  return new MemoryStore(options.maxBytes ?? 64 * 1024 * 1024, options.clock ?? systemClock);
}

const nothing: readonly MemoryEntry[] = [];

class MemoryStore implements CacheStore {
  private readonly entries = new Map<string, MemoryEntry[]>();
  /** Keys by tag, and by URL where the key is more than the URL. */
  private readonly byTag = new Map<string, Set<MemoryEntry>>();
  private readonly byUrl = new Map<string, Set<MemoryEntry>>();
  private readonly order: S3Fifo;
  private readonly maxBytes: number;
  private readonly clock: Pick<Clock, 'now'>;
  size = 0;

  constructor(maxBytes: number, clock: Pick<Clock, 'now'>) {
    this.maxBytes = maxBytes;
    this.clock = clock;
    this.order = new S3Fifo(maxBytes, (item) => this.forget(item as MemoryEntry));
  }

  get bytes(): number {
    return this.order.bytes;
  }

  get(key: string): readonly CacheEntry[] {
    return this.entries.get(key) ?? nothing;
  }

  open(meta: CacheMeta): CacheWriter {
    let chunks: Uint8Array[] = [];
    return {
      write: (chunk) => void chunks.push(chunk),
      commit: () => {
        const content = joined(chunks);
        chunks = [];
        this.insert(new MemoryEntry({ ...meta, length: content.byteLength }, content));
      },
      discard: () => {
        chunks = [];
      },
    };
  }

  update(entry: CacheEntry, meta: CacheMeta): void {
    const own = entry as MemoryEntry;
    if (own.queue === null) return; // removed meanwhile
    this.unindex(own);
    own.meta = meta;
    this.index(own);
  }

  purge(selector: PurgeSelector, soft: boolean): number {
    const selected = this.select(selector);
    const nowMs = this.clock.now();
    for (const entry of selected) {
      if (soft) entry.meta = softened(entry.meta, nowMs);
      else this.remove(entry);
    }
    return selected.length;
  }

  private select(selector: PurgeSelector): MemoryEntry[] {
    if ('tag' in selector) return [...(this.byTag.get(selector.tag) ?? nothing)];
    if ('url' in selector)
      return [...(this.entries.get(selector.url) ?? nothing), ...(this.byUrl.get(selector.url) ?? nothing)];
    return [...this.entries.values()].flat().filter((entry) => isSelected(selector, entry.meta));
  }

  private insert(entry: MemoryEntry): void {
    const { key, variant, coding, codings } = entry.meta;
    if (entry.bytes > this.maxBytes) return;
    const siblings = this.entries.get(key) ?? [];
    for (const other of siblings.slice()) {
      if (other.meta.variant !== variant) continue;
      if (other.meta.coding === coding) {
        entry.meta = { ...entry.meta, codings: entry.meta.codings | other.meta.codings };
        this.remove(other);
      } else other.meta = { ...other.meta, codings: other.meta.codings & ~codings };
    }
    const kept = this.entries.get(key) ?? [];
    if (kept.length >= maxVariants) this.remove(kept[0]!);
    const list = this.entries.get(key);
    if (list === undefined) this.entries.set(key, [entry]);
    else list.push(entry);
    this.size += 1;
    this.index(entry);
    this.order.add(entry);
  }

  private remove(entry: MemoryEntry): void {
    this.order.remove(entry);
    this.forget(entry);
  }

  private forget(entry: MemoryEntry): void {
    const { key } = entry.meta;
    const left = (this.entries.get(key) ?? nothing).filter((each) => each !== entry);
    if (left.length === 0) this.entries.delete(key);
    else this.entries.set(key, left);
    this.size -= 1;
    this.unindex(entry);
  }

  private index(entry: MemoryEntry): void {
    for (const tag of entry.meta.tags) addTo(this.byTag, tag, entry);
    if (entry.meta.url !== '') addTo(this.byUrl, entry.meta.url, entry);
  }

  private unindex(entry: MemoryEntry): void {
    for (const tag of entry.meta.tags) removeFrom(this.byTag, tag, entry);
    if (entry.meta.url !== '') removeFrom(this.byUrl, entry.meta.url, entry);
  }
}

function addTo(index: Map<string, Set<MemoryEntry>>, name: string, entry: MemoryEntry): void {
  const found = index.get(name);
  if (found === undefined) index.set(name, new Set([entry]));
  else found.add(entry);
}

function removeFrom(index: Map<string, Set<MemoryEntry>>, name: string, entry: MemoryEntry): void {
  const found = index.get(name);
  found?.delete(entry);
  if (found?.size === 0) index.delete(name);
}

/** One array of its own: a chunk may be a small part of a large buffer, which it would keep in memory. */
function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const content = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
  let position = 0;
  for (const chunk of chunks) {
    content.set(chunk, position);
    position += chunk.byteLength;
  }
  return content;
}
