import { open } from 'node:fs/promises';
import { BlockReader } from './block-reader.ts';
import type { CacheEntry, CacheMeta, OpenedContent } from './cache-entry.ts';
import { DiskBody } from './disk-body.ts';
import type { WrittenFile } from './disk-writer.ts';
import { blockBytes } from './entry-file.ts';
import type { TableEntry } from './entry-table.ts';
import { cacheError } from './errors.ts';
import { FixedBody } from './fixed-body.ts';

/** Files take whole pages of the disk. */
const pageBytes = 4096;

/** What a `DiskEntry` tells its store. */
export interface DiskEntryOwner {
  pathOf(name: string): string;
  /** The content is lost or damaged. */
  lost(entry: DiskEntry, error: unknown): void;
}

/** An answer whose content is in a file. */
export class DiskEntry implements CacheEntry, TableEntry {
  meta: CacheMeta;
  readonly fileName: string;
  readonly bytes: number;
  readonly checksums: readonly number[];
  uses = 0;
  queue: TableEntry['queue'] = null;
  before: TableEntry['before'] = null;
  after: TableEntry['after'] = null;
  private readonly owner: DiskEntryOwner;

  constructor({ meta, name, checksums, fileBytes }: WrittenFile, owner: DiskEntryOwner) {
    this.meta = meta;
    this.fileName = name;
    this.checksums = checksums;
    this.bytes = Math.ceil(fileBytes / pageBytes) * pageBytes;
    this.owner = owner;
  }

  get name(): string {
    return this.meta.key;
  }

  /** A small content is verified before the answer starts; of a large one the first block is, and the others when they are sent. */
  async open(): Promise<OpenedContent> {
    if (this.uses < 3) this.uses += 1;
    try {
      const length = this.meta.length!;
      return length <= blockBytes ? await this.readWhole(length) : await this.openLarge(length);
    } catch (error) {
      this.owner.lost(this, error);
      return null;
    }
  }

  private async readWhole(length: number): Promise<OpenedContent> {
    const handle = await open(this.owner.pathOf(this.fileName), 'r');
    try {
      const content = new Uint8Array(length);
      await new BlockReader(handle, this.checksums).read(content, 0, length);
      return new FixedBody(content);
    } finally {
      await handle.close();
    }
  }

  private async openLarge(length: number): Promise<OpenedContent> {
    const handle = await open(this.owner.pathOf(this.fileName), 'r');
    try {
      if ((await handle.stat()).size < length) throw cacheError('CACHE_ENTRY_DAMAGED', 'the file is too short');
      const body = new DiskBody(handle, this.checksums, length, (error) => this.owner.lost(this, error));
      await body.read(new Uint8Array(1), 0);
      return body;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }
}
