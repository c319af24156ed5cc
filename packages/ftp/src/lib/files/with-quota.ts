import type { FtpCounts } from '../counts/ftp-counts.ts';
import { FileError } from './file-error.ts';
import type { FileWriter, FtpFileSystem, WriteOptions } from './file-system.ts';
import { measureFiles } from './measure-files.ts';
import { placed } from './part-of.ts';

/** How much the files of a file system may take together. */
export interface Quota {
  /** Where the bytes are counted: everybody who writes to the same files has the same key. */
  readonly key: string;
  readonly maxBytes: number;
  readonly counts: FtpCounts;
}

/**
 * Refuses with `quota` what would take more bytes than allowed, before an upload begins and while it is written. A file that is replaced counts until
 * its successor has taken its place, and only what goes beyond it is asked for.
 */
export function withQuota(files: FtpFileSystem, quota: Quota): FtpFileSystem {
  if (files.write === undefined) return files;
  const inner = placed(
    () => files,
    (path) => path,
  );
  const { key, counts, maxBytes } = quota;
  return {
    ...inner,
    async write(path, options) {
      await counts.hold(key, () => measureFiles(files));
      return QuotaWriter.open(files, quota, path, options);
    },
    async hasRoom(path, bytes) {
      await counts.hold(key, () => measureFiles(files));
      try {
        const fits = await counts.add(key, bytes, maxBytes);
        if (fits) counts.remove(key, bytes);
        return fits && inner.hasRoom!(path, bytes);
      } finally {
        counts.release(key, false);
      }
    },
    async removeFile(path) {
      const size = await sizeOf(files, path);
      await inner.removeFile!(path);
      counts.remove(key, size);
    },
    async rename(from, to) {
      const replaced = from === to ? 0 : await sizeOf(files, to);
      await inner.rename!(from, to);
      counts.remove(key, replaced);
    },
  };
}

/** Writes a file, and claims bytes of a quota before they are written. */
class QuotaWriter implements FileWriter {
  private readonly files: FtpFileSystem;
  private readonly quota: Quota;
  private readonly path: string;
  /** What the file had before; so many bytes need not be claimed. */
  private readonly before: number;
  private inner!: FileWriter;
  /** How long the file will be. */
  private length: number;
  private claimed = 0;
  private hasWritten = false;

  private constructor(files: FtpFileSystem, quota: Quota, path: string, before: number, length: number) {
    this.files = files;
    this.quota = quota;
    this.path = path;
    this.before = before;
    this.length = length;
  }

  /** The count is held already. */
  static async open(files: FtpFileSystem, quota: Quota, path: string, options: WriteOptions): Promise<QuotaWriter> {
    let writer: QuotaWriter | null = null;
    try {
      const before = await sizeOf(files, path);
      writer = new QuotaWriter(files, quota, path, before, options.append === true ? before : (options.startAt ?? 0));
      await writer.claim(writer.length + 1); // a file that has no room must not be cut, nor begun
      writer.inner = await files.write!(path, { ...options, keepsReplaced: true });
      return writer;
    } catch (error) {
      quota.counts.remove(quota.key, writer?.claimed ?? 0);
      quota.counts.release(quota.key, false);
      throw error;
    }
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.claim(this.length + chunk.byteLength);
    this.hasWritten = true;
    await this.inner.write(chunk);
    this.length += chunk.byteLength;
  }

  async commit(): Promise<void> {
    const now = await this.sizeNow();
    const isStrange = now !== this.expected;
    try {
      // Somebody has removed or replaced the file meanwhile, so what it had is not free for this one any more.
      if (isStrange && now < this.before) await this.claim(this.length + this.before - now);
    } catch (error) {
      await this.abort(true);
      throw error;
    }
    try {
      await this.inner.commit();
    } finally {
      await this.settle(isStrange, [this.length]);
    }
  }

  async abort(isRefused = false): Promise<void> {
    const { expected, before } = this;
    const isStrange = (await this.sizeNow()) !== expected;
    try {
      await this.inner.abort(isRefused);
    } finally {
      await this.settle(isStrange, isRefused ? [expected, before, 0] : [expected, 0]);
    }
  }

  /** What the file has now, if nobody else has removed, renamed or written it. */
  private get expected(): number {
    return this.hasWritten && this.inner.isAside !== true ? this.length : this.before;
  }

  private async claim(length: number): Promise<void> {
    const { counts, key, maxBytes } = this.quota;
    const more = length - this.before - this.claimed;
    if (more <= 0) return;
    if (!(await counts.add(key, more, maxBytes))) throw new FileError('quota');
    this.claimed += more;
  }

  /**
   * Counts what the file has in the end. If others had to do with it that is not known: nothing is given back, and all is measured again.
   *
   * @param sizes those that the file may have
   */
  private async settle(isStrange: boolean, sizes: readonly number[]): Promise<void> {
    const { counts, key } = this.quota;
    const now = await this.sizeNow();
    const change = now - this.before - this.claimed;
    const isKnown = !isStrange && sizes.includes(now) && change <= 0;
    if (isKnown && change < 0) counts.remove(key, -change);
    counts.release(key, !isKnown);
  }

  /** A file that cannot be looked at is a strange one: its size is none that is expected. */
  private sizeNow(): Promise<number> {
    return sizeOf(this.files, this.path).catch(() => -1);
  }
}

async function sizeOf(files: FtpFileSystem, path: string): Promise<number> {
  const facts = await files.stat(path);
  return facts?.kind === 'file' ? facts.size : 0;
}
