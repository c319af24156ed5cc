import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { BlockReader } from './block-reader.ts';
import type { CacheMeta } from './cache-entry.ts';
import type { CacheWriter, Spool } from './cache-store.ts';
import type { DiskFolder } from './disk-folder.ts';
import { blockBytes, formatTrailer, type Trailer } from './entry-file.ts';

/** Few system calls for a large content, and little memory. */
const maxWriteBytes = 16 * blockBytes;

/** A file that was written. */
export interface WrittenFile extends Trailer {
  readonly name: string;
  readonly fileBytes: number;
}

/** What a `DiskWriter` tells its store. */
export interface DiskWriterOwner {
  readonly folder: DiskFolder;
  /** The file has its name. Returns whether the store takes it. */
  written(file: WrittenFile, writer: DiskWriter): boolean;
  failed(error: unknown): void;
  over(writer: DiskWriter): void;
}

/**
 * Writes one answer to disk while it arrives. The file gets its name after the last byte, so after a crash there are only whole files. Content of less than a
 * block is written at once, together with its description.
 */
export class DiskWriter implements CacheWriter, Spool {
  readonly meta: CacheMeta;
  readonly blockBytes = blockBytes;
  readable = 0;
  hasFailed = false;
  onProgress: (() => void) | null = null;
  private readonly owner: DiskWriterOwner;
  private readonly checksums: number[] = [];
  private queue: Uint8Array[] = [];
  private queuedBytes = 0;
  private file: { readonly path: string; readonly handle: FileHandle } | null = null;
  private reader: BlockReader | null = null;
  private state: 'writing' | 'committing' | 'over' = 'writing';
  private work: Promise<void> | null = null;
  private reads = 0;
  private isClosed = false;

  constructor(meta: CacheMeta, owner: DiskWriterOwner) {
    this.meta = meta;
    this.owner = owner;
  }

  get spool(): Spool {
    return this;
  }

  write(chunk: Uint8Array): void {
    if (this.state !== 'writing' || chunk.byteLength === 0) return;
    this.queue.push(chunk);
    this.queuedBytes += chunk.byteLength;
    if (this.queuedBytes >= blockBytes) this.work ??= this.writeBlocks();
  }

  async commit(): Promise<void> {
    if (this.state !== 'writing') return;
    this.state = 'committing';
    await this.work;
    if (this.state !== 'committing') return; // discarded, or it failed
    try {
      const file = await this.finish();
      if (this.isDiscarded() || !this.owner.written(file, this))
        await this.owner.folder.remove(this.owner.folder.pathOf(file.name));
      this.end();
    } catch (error) {
      this.fail(error);
    }
  }

  discard(): void {
    if (this.state === 'over') return;
    this.end();
    if (this.work === null) this.removeFile();
  }

  /** The answer has become unwanted while it arrives. */
  cancel(): void {
    this.hasFailed = true;
    this.discard();
    this.onProgress?.();
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    this.reads += 1;
    try {
      return await this.reader!.read(into, position, this.readable);
    } finally {
      this.reads -= 1;
      this.closeFile();
    }
  }

  close(): void {
    this.isClosed = true;
    this.closeFile();
  }

  /** Asks again, because others may have changed it during an `await`. */
  private isDiscarded(): boolean {
    return this.state === 'over';
  }

  private async writeBlocks(): Promise<void> {
    try {
      while (this.queuedBytes >= blockBytes && this.state !== 'over') {
        const length = Math.min(maxWriteBytes, this.queuedBytes - (this.queuedBytes % blockBytes));
        const bytes = this.take(length);
        this.addChecksums(bytes, length);
        const { handle } = await this.openFile();
        await writeAll(handle, bytes, this.readable);
        this.readable += length;
        this.onProgress?.();
      }
    } catch (error) {
      this.fail(error);
    }
    this.work = null;
    if (!this.isDiscarded()) return;
    this.removeFile(); // discarded in the meantime
    this.closeFile();
  }

  /** Writes the rest of the content and everything behind it, and gives the file its name. */
  private async finish(): Promise<WrittenFile> {
    const rest = this.queuedBytes;
    const contentBytes = this.readable + rest;
    const bytes = this.take(rest);
    this.addChecksums(bytes, rest);
    const meta: CacheMeta = { ...this.meta, length: contentBytes };
    const trailer = formatTrailer({ meta, checksums: this.checksums });
    const { path, handle } = await this.openFile();
    const isSmall = this.readable === 0;
    await writeAll(handle, Buffer.concat([bytes, trailer]), this.readable);
    if (!isSmall) {
      this.readable = contentBytes;
      this.onProgress?.();
    } else this.close(); // nobody reads back from it
    const name = this.owner.folder.newName(meta.key);
    await this.owner.folder.publish(path, name);
    return { name, meta, checksums: this.checksums, fileBytes: contentBytes + trailer.byteLength };
  }

  private async openFile() {
    if (this.file === null) {
      this.file = await this.owner.folder.openNew();
      this.reader = new BlockReader(this.file.handle, this.checksums);
    }
    return this.file;
  }

  private addChecksums(bytes: Uint8Array, length: number): void {
    for (let start = 0; start < length; start += blockBytes)
      this.checksums.push(crc32(bytes.subarray(start, Math.min(length, start + blockBytes))));
  }

  /** Takes that many bytes out of the queue. */
  private take(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const chunk = this.queue.shift()!;
      const part = chunk.subarray(0, length - filled);
      bytes.set(part, filled);
      filled += part.byteLength;
      if (part.byteLength < chunk.byteLength) this.queue.unshift(chunk.subarray(part.byteLength));
    }
    this.queuedBytes -= length;
    return bytes;
  }

  private fail(error: unknown): void {
    if (this.state === 'over') return;
    this.hasFailed = true;
    this.removeFile();
    this.end();
    this.owner.failed(error);
    this.onProgress?.();
  }

  private end(): void {
    this.state = 'over';
    this.queue = [];
    this.queuedBytes = 0;
    this.owner.over(this);
  }

  /** Removes the unfinished file. What is open of it can still be read. */
  private removeFile(): void {
    if (this.file !== null)
      this.owner.folder.remove(this.file.path).catch((error: unknown) => this.owner.failed(error));
  }

  private closeFile(): void {
    if (!this.isClosed || this.reads > 0 || this.file === null) return;
    const { handle } = this.file;
    void handle.close().catch(() => undefined); // everything was written, or nothing of it is used
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.byteLength; ) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.byteLength - written, position + written);
    written += bytesWritten;
  }
}
