import { type Clock, type ReadBody, systemClock } from '@windhover/core';
import { anyObject, checkOptions, wholeNumber } from '@windhover/options';
import type { CacheEntry, CacheMeta } from './cache-entry.ts';
import { type CacheStore, type CacheWriter, type PurgeSelector, softened } from './cache-store.ts';
import { EntryTable, type TableEntry } from './entry-table.ts';
import { optionError } from './errors.ts';
import { FixedBody } from './fixed-body.ts';
import type { Queued } from './s3-fifo.ts';

/** Options of `createMemoryStore`. */
export interface MemoryStoreOptions {
  /** How many bytes the answers may take, their fields included. Default: 64 MiB, a small part of the memory of any server. */
  readonly maxBytes?: number;
  /** Default: the system's. */
  readonly clock?: Pick<Clock, 'now'>;
}

/** What an entry costs besides its content, key and fields; measured. */
const entryBytes = 600;
/** What an array costs besides its content; measured. */
const arrayBytes = 400;
/** Content of at most this size is kept as a text at first. */
const maxTextBytes = 1024;

class MemoryEntry implements CacheEntry, TableEntry {
  meta: CacheMeta;
  readonly bytes: number;
  uses = 0;
  queue: Queued['queue'] = null;
  before: Queued | null = null;
  after: Queued | null = null;
  /** A small content is a text until it is used for the second time: an array costs several hundred bytes besides its content. */
  private content: string | FixedBody;

  constructor(meta: CacheMeta, content: Uint8Array) {
    this.meta = meta;
    this.content = content.byteLength > maxTextBytes ? new FixedBody(content) : latin1(content);
    this.bytes =
      entryBytes +
      (content.byteLength > maxTextBytes ? arrayBytes : 0) +
      content.byteLength +
      meta.key.length +
      meta.fields.reduce((sum, text, index) => (index % 3 === 1 ? sum + text.length : sum), 0);
  }

  get name(): string {
    return this.meta.key;
  }

  open(): ReadBody {
    if (this.uses < 3) this.uses += 1;
    if (typeof this.content !== 'string') return this.content;
    const body = new FixedBody(Buffer.from(this.content, 'latin1'));
    if (this.uses > 1) this.content = body;
    return body;
  }
}

function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}

/** Creates a store in the memory of this process. It keeps what is used often, by S3-FIFO. */
export function createMemoryStore(options: MemoryStoreOptions = {}): CacheStore {
  checkOptions(options, { maxBytes: wholeNumber(0), clock: anyObject }, optionError);
  return new MemoryStore(options.maxBytes ?? 64 * 1024 * 1024, options.clock ?? systemClock);
}

class MemoryStore implements CacheStore {
  private readonly table: EntryTable<MemoryEntry>;
  private readonly clock: Pick<Clock, 'now'>;

  constructor(maxBytes: number, clock: Pick<Clock, 'now'>) {
    this.clock = clock;
    this.table = new EntryTable(maxBytes);
  }

  get bytes(): number {
    return this.table.bytes;
  }

  get size(): number {
    return this.table.size;
  }

  get(key: string): readonly CacheEntry[] {
    return this.table.get(key);
  }

  open(meta: CacheMeta): CacheWriter {
    let chunks: Uint8Array[] = [];
    return {
      write: (chunk) => void chunks.push(chunk),
      commit: () => {
        const content = joined(chunks);
        chunks = [];
        this.table.add(new MemoryEntry({ ...meta, length: content.byteLength }, content));
      },
      discard: () => {
        chunks = [];
      },
    };
  }

  update(entry: CacheEntry, meta: CacheMeta): void {
    this.table.update(entry as MemoryEntry, meta);
  }

  purge(selector: PurgeSelector, soft: boolean): number {
    const selected = this.table.select(selector);
    const nowMs = this.clock.now();
    for (const entry of selected) {
      if (soft) entry.meta = softened(entry.meta, nowMs);
      else this.table.remove(entry);
    }
    return selected.length;
  }
}

/** One array of its own: a chunk may be a small part of a large buffer, which it would keep in memory. */
function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [first] = chunks;
  if (chunks.length === 1 && first!.byteLength === first!.buffer.byteLength) return first!;
  const content = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
  let position = 0;
  for (const chunk of chunks) {
    content.set(chunk, position);
    position += chunk.byteLength;
  }
  return content;
}
