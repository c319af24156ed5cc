import { open } from 'node:fs/promises';
import { type Clock, HttpError } from '@windhover/core';
import type { CacheEntry, CacheMeta } from './cache-entry.ts';
import { type CacheStore, type CacheWriter, isSelected, type PurgeSelector, softened } from './cache-store.ts';
import { DiskEntry, type DiskEntryOwner } from './disk-entry.ts';
import type { DiskFolder } from './disk-folder.ts';
import { DiskIndex, type DiskIndexOwner } from './disk-index.ts';
import { DiskWriter, type DiskWriterOwner, type WrittenFile } from './disk-writer.ts';
import { formatTrailer } from './entry-file.ts';
import { EntryTable } from './entry-table.ts';
import { cacheError } from './errors.ts';

/** Carries messages between stores of several processes in one folder. */
export interface StoreBus {
  publish(message: unknown): void;
  subscribe(listener: (message: unknown) => void): () => void;
}

/** What a `FileStore` is made with. */
export interface FileStoreInit {
  readonly folder: DiskFolder;
  readonly maxBytes: number;
  readonly clock: Pick<Clock, 'now'>;
  readonly bus: StoreBus | null;
  /** Receives errors of the disk, and files that are damaged. */
  readonly onFault: (error: unknown) => void;
}

type Message = { readonly stored: string } | { readonly removed: string };

/** A store that keeps its answers in the files of a folder, and their descriptions in memory. */
export class FileStore implements CacheStore, DiskWriterOwner, DiskEntryOwner, DiskIndexOwner {
  readonly folder: DiskFolder;
  readonly defaultMaxObjectBytes: number;
  private readonly init: FileStoreInit;
  private readonly table: EntryTable<DiskEntry>;
  private readonly byName = new Map<string, DiskEntry>();
  private readonly index: DiskIndex;
  private readonly writers = new Set<DiskWriter>();
  /** Purges that happened before the index was complete: they are about files that are still to be found, too. */
  private earlyPurges: { readonly selector: PurgeSelector; readonly soft: boolean; count: number }[] = [];
  /** Removals and changes of files, in their order. */
  private changes: Promise<void> = Promise.resolve();
  private unsubscribe: () => void = () => undefined;
  private hasStarted = false;
  /** Called when nothing is being written any more. */
  private onIdle: () => void = () => undefined;

  constructor(init: FileStoreInit) {
    this.init = init;
    this.folder = init.folder;
    this.defaultMaxObjectBytes = Math.max(1, Math.floor(init.maxBytes / 8));
    this.table = new EntryTable(init.maxBytes, (entry) => this.removed(entry));
    this.index = new DiskIndex(init.folder, this);
  }

  get bytes(): number {
    return this.table.bytes;
  }

  get size(): number {
    return this.table.size;
  }

  get(key: string): readonly CacheEntry[] | Promise<readonly CacheEntry[]> {
    if (this.index.isComplete) return this.table.get(key);
    this.start();
    const shard = this.folder.shardOfKey(key);
    if (this.index.isLoaded(shard)) return this.table.get(key);
    return this.index.load(shard).then(() => this.table.get(key));
  }

  open(meta: CacheMeta): CacheWriter {
    this.start();
    const writer = new DiskWriter(meta, this);
    this.writers.add(writer);
    return writer;
  }

  update(entry: CacheEntry, meta: CacheMeta): void {
    const own = entry as DiskEntry;
    if (this.table.update(own, meta)) this.change(() => this.rewrite(own));
  }

  purge(selector: PurgeSelector, soft: boolean): number | Promise<number> {
    for (const writer of this.writers) if (isSelected(selector, writer.meta)) writer.cancel();
    const selected = this.table.select(selector);
    for (const entry of selected) this.apply(entry, soft);
    if (this.index.isComplete) return selected.length;
    this.start();
    const early = { selector, soft, count: selected.length };
    this.earlyPurges.push(early);
    return this.index.loadAll().then(() => early.count);
  }

  async prepare(): Promise<void> {
    try {
      await this.folder.make();
    } catch (error) {
      throw cacheError('CACHE_FOLDER_UNUSABLE', (error as Error).message);
    }
    this.start();
  }

  /** Resolves when all writes and removals that have begun are done. The other processes are not listened to any more. */
  async close(): Promise<void> {
    this.unsubscribe();
    if (this.writers.size > 0)
      await new Promise<void>((resolve) => {
        this.onIdle = resolve;
      });
    await this.changes;
  }

  // What the parts of the store tell it.

  pathOf(name: string): string {
    return this.folder.pathOf(name);
  }

  written(file: WrittenFile): boolean {
    const entry = new DiskEntry(file, this);
    if (!this.table.add(entry)) return false;
    this.byName.set(file.name, entry);
    this.init.bus?.publish({ stored: file.name } satisfies Message);
    return true;
  }

  over(writer: DiskWriter): void {
    this.writers.delete(writer);
    if (this.writers.size === 0) this.onIdle();
  }

  failed(error: unknown): void {
    this.init.onFault(error);
  }

  /** A file that another process has written, or one before this. */
  found(file: WrittenFile, isNews: boolean): void {
    const known = this.byName.get(file.name);
    if (known !== undefined) {
      if (isNews) this.table.update(known, { ...file.meta, codings: known.meta.codings });
      return;
    }
    const entry = new DiskEntry(file, this);
    if ((!isNews && this.hasNewer(file.meta)) || !this.table.add(entry)) {
      this.change(() => this.folder.remove(this.pathOf(file.name)));
      return;
    }
    this.byName.set(file.name, entry);
    for (const early of this.earlyPurges) {
      if (!isSelected(early.selector, entry.meta)) continue;
      early.count += 1;
      this.apply(entry, early.soft);
    }
  }

  lost(entry: DiskEntry, error: unknown): void {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') this.init.onFault(error); // another process may remove what it does not need
    if (code === 'ENOENT' || HttpError.is(error)) this.table.remove(entry);
  }

  private hasNewer({ key, variant, coding, storedAtMs }: CacheMeta): boolean {
    return this.table
      .get(key)
      .some(({ meta }) => meta.variant === variant && meta.coding === coding && meta.storedAtMs >= storedAtMs);
  }

  private start(): void {
    if (this.hasStarted) return;
    this.hasStarted = true;
    const { bus, clock } = this.init;
    if (bus !== null) this.unsubscribe = bus.subscribe((message) => this.hear(message as Message));
    this.change(() => this.folder.removeAbandoned(clock.now()));
    void this.index.loadAll().then(() => {
      this.earlyPurges = [];
    });
  }

  private hear(message: Message): void {
    if ('stored' in message) {
      void this.index.learn(message.stored);
      return;
    }
    const entry = this.byName.get(message.removed);
    if (entry === undefined) return;
    this.byName.delete(message.removed); // its file is gone already
    this.table.remove(entry);
  }

  private removed(entry: DiskEntry): void {
    if (!this.byName.delete(entry.fileName)) return;
    this.change(() => this.folder.remove(this.pathOf(entry.fileName)));
    this.init.bus?.publish({ removed: entry.fileName } satisfies Message);
  }

  private apply(entry: DiskEntry, soft: boolean): void {
    if (soft) this.update(entry, softened(entry.meta, this.init.clock.now()));
    else this.table.remove(entry);
  }

  /** Writes the description of an entry again. If that is interrupted, the file is not whole and will be removed. */
  private async rewrite({ fileName, meta, checksums }: DiskEntry): Promise<void> {
    if (!this.byName.has(fileName)) return;
    const handle = await open(this.pathOf(fileName), 'r+');
    try {
      const trailer = formatTrailer({ meta, checksums });
      await handle.write(trailer, 0, trailer.byteLength, meta.length!);
      await handle.truncate(meta.length! + trailer.byteLength);
    } finally {
      await handle.close();
    }
    this.init.bus?.publish({ stored: fileName } satisfies Message);
  }

  private change(action: () => Promise<void>): void {
    this.changes = this.changes.then(action).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.init.onFault(error);
    });
  }
}
