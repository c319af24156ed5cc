import { open } from 'node:fs/promises';
import { type DiskFolder, shardCount } from './disk-folder.ts';
import type { WrittenFile } from './disk-writer.ts';
import { footerBytes, readLayout, readTrailer } from './entry-file.ts';

/** How many files are read at the same time while the index is built. */
const filesAtOnce = 16;

/** What a `DiskIndex` tells its store. */
export interface DiskIndexOwner {
  /** @param isNews whether another process has just written it */
  found(file: WrittenFile, isNews: boolean): void;
  failed(error: unknown): void;
}

/**
 * Finds what a folder holds after a start: all of it in the background, and the part that a request needs at once. Files that are not whole are removed.
 */
export class DiskIndex {
  isComplete = false;
  private readonly folder: DiskFolder;
  private readonly owner: DiskIndexOwner;
  private readonly shards: (Promise<void> | undefined)[] = new Array(shardCount);
  private readonly loaded: boolean[] = new Array(shardCount).fill(false);
  private all: Promise<void> | null = null;

  constructor(folder: DiskFolder, owner: DiskIndexOwner) {
    this.folder = folder;
    this.owner = owner;
  }

  isLoaded(shard: number): boolean {
    return this.loaded[shard]!;
  }

  load(shard: number): Promise<void> {
    return (this.shards[shard] ??= this.loadShard(shard));
  }

  loadAll(): Promise<void> {
    return (this.all ??= this.loadEach());
  }

  /** Reads one file that another process has written. */
  async learn(name: string): Promise<void> {
    const shard = this.folder.shardOfName(name);
    if (this.shards[shard] === undefined) return; // will be found
    await this.shards[shard];
    await this.read(name, true);
  }

  private async loadEach(): Promise<void> {
    for (let shard = 0; shard < shardCount; shard++) await this.load(shard);
    this.isComplete = true;
  }

  private async loadShard(shard: number): Promise<void> {
    try {
      const names = await this.folder.namesOf(shard);
      for (let index = 0; index < names.length; index += filesAtOnce)
        await Promise.all(names.slice(index, index + filesAtOnce).map((name) => this.read(name, false)));
    } catch (error) {
      this.owner.failed(error);
    }
    this.loaded[shard] = true;
  }

  private async read(name: string, isNews: boolean): Promise<void> {
    try {
      const file = await readEntryFile(this.folder, name);
      if (file !== null) this.owner.found(file, isNews);
      else await this.folder.remove(this.folder.pathOf(name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.owner.failed(error);
    }
  }
}

/** Reads the description of a file; `null` if it is not whole, or not the one that its name says. */
async function readEntryFile(folder: DiskFolder, name: string): Promise<WrittenFile | null> {
  const handle = await open(folder.pathOf(name), 'r');
  try {
    const { size } = await handle.stat();
    const read = async (length: number): Promise<Buffer> => {
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await handle.read(bytes, 0, length, size - length);
      return bytes.subarray(0, bytesRead);
    };
    const end = await read(Math.min(size, 4096));
    const layout = readLayout(end.subarray(-footerBytes), size);
    if (layout === null) return null;
    const { trailerBytes } = layout;
    const trailer = readTrailer(
      trailerBytes <= end.byteLength ? end.subarray(-trailerBytes) : await read(trailerBytes),
    );
    if (trailer === null || !folder.isNameOf(name, trailer.meta.key)) return null;
    return { ...trailer, name, fileBytes: size };
  } finally {
    await handle.close();
  }
}
