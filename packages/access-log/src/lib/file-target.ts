import { closeSync, mkdirSync, openSync, type Stats, writeSync } from 'node:fs';
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Batch } from './batch-queue.ts';
import type { BatchTarget } from './batch-target.ts';
import { accessLogError } from './errors.ts';
import { headerText } from './header-text.ts';
import { type FileState, isRotationDue } from './is-rotation-due.ts';
import type { FileSinkOptions, RotateOptions } from './line-sink.ts';
import { isAtLine, lineEnd, linesWithin } from './lines-within.ts';
import type { SinkServices } from './queued-sink.ts';
import { rotateFile } from './rotate-file.ts';
import { withRotationLock } from './rotation-lock.ts';

/** Logs contain addresses of people, so the world may not read them. */
const fileMode = 0o640;
const folderMode = 0o750;
const defaultKeep = 10;

/** After a rotation that failed, the next attempt is made this much later, in milliseconds. */
const rotateAgainMs = 60_000;

/** After these the file is as good as before: the disk or the quota is full. */
const isFullCode = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * A file that is only ever appended to, so that several processes and a program that truncates it do not disturb it. A
 * line is written whole before the file is rotated or opened again, so none is split between two files.
 */
export class FileTarget implements BatchTarget {
  readonly name: string;
  private readonly services: SinkServices;
  private rotate: RotateOptions | null = null;
  private header: string | null = null;
  private file: FileHandle | null = null;
  private sizeBytes = 0;
  private headerBytes = 0;
  private since = 0;
  private rotateFrom = 0;
  private isStale = false;

  constructor(path: string, options: FileSinkOptions, services: SinkServices) {
    this.name = path;
    this.services = services;
    this.configure(options);
  }

  configure({ rotate = null, header = null }: FileSinkOptions): void {
    this.rotate = rotate;
    this.header = header;
  }

  reopen(): void {
    this.isStale = true;
  }

  async open(): Promise<void> {
    if (this.file !== null && !this.isStale) return;
    const before = this.file;
    let opened: FileHandle;
    try {
      await mkdir(dirname(this.name), { recursive: true, mode: folderMode });
      opened = await open(this.name, 'a', fileMode);
    } catch (error) {
      if (before === null) throw fileError(error);
      this.tellRotation(error); // lines go on into the file that is open, under whatever name it has now
      return;
    }
    this.file = opened;
    this.isStale = false;
    await before?.close().catch((error: unknown) => this.tellRotation(error));
    const { size, mtimeMs } = await opened.stat();
    this.sizeBytes = size;
    this.since = size > 0 ? mtimeMs : this.services.clock.now();
    await this.writeHeader();
  }

  async write(batch: Batch): Promise<void> {
    if (batch.start === 0) await this.open();
    while (batch.start < batch.end) {
      const end = await this.makeRoom(batch);
      try {
        await this.append(batch, end);
      } catch (error) {
        if (!isFullCode.has((error as NodeJS.ErrnoException).code ?? '')) {
          this.isStale = true;
          batch.start = lineStart(batch); // the rest may go to another file
        }
        throw fileError(error);
      }
    }
  }

  writeNow(batch: Batch): void {
    mkdirSync(dirname(this.name), { recursive: true, mode: folderMode });
    const descriptor = this.file?.fd ?? openSync(this.name, 'a', fileMode);
    while (batch.start < batch.end) {
      batch.start += writeSync(descriptor, batch.bytes, batch.start, batch.end - batch.start);
    }
    if (this.file === null) closeSync(descriptor);
  }

  async close(): Promise<void> {
    const { file } = this;
    this.file = null;
    if (file === null) return;
    try {
      await file.sync();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw fileError(error); // a pipe or a terminal has no disk
    } finally {
      await file.close();
    }
  }

  /** Rotates the file if it is time, and returns where the part of the batch ends that belongs into it. */
  private async makeRoom(batch: Batch): Promise<number> {
    const { rotate, header } = this;
    if (rotate === null && header === null) return batch.end;
    if (!isAtLine(batch)) return lineEnd(batch); // the end of a line that did not fit onto a full disk
    await this.lookAtFile(lineEnd(batch) - batch.start);
    const size = rotate?.sizeBytes ?? null;
    const isKept = this.services.clock.now() < this.rotateFrom; // a rotation failed
    return size === null || isKept ? batch.end : linesWithin(batch, size - this.sizeBytes);
  }

  private async append(batch: Batch, end: number): Promise<void> {
    while (batch.start < end) {
      const { bytesWritten } = await this.file!.write(batch.bytes, batch.start, end - batch.start);
      batch.start += bytesWritten;
      this.sizeBytes += bytesWritten;
    }
  }

  private get state(): FileState {
    const { sizeBytes, headerBytes, since } = this;
    return { sizeBytes, headerBytes, since };
  }

  /** Notices that another program has truncated or rotated the file, and rotates it if it is time. */
  private async lookAtFile(lineBytes: number): Promise<void> {
    const stats = await this.file!.stat();
    const { rotate } = this;
    const now = this.services.clock.now();
    this.sizeBytes = stats.size;
    if (rotate !== null && !(await isAt(this.name, stats))) {
      this.isStale = true; // another process has rotated the file
      await this.open();
    } else if (stats.size === 0) {
      this.since = now;
      await this.writeHeader();
    }
    const isDue = rotate !== null && now >= this.rotateFrom && isRotationDue(rotate, this.state, lineBytes, now);
    if (isDue) await this.rotateNow(now, stats);
  }

  private async rotateNow(now: number, stats: Stats): Promise<void> {
    const keep = this.rotate?.keep ?? defaultKeep;
    try {
      await withRotationLock(this.name, async () => {
        if (await isAt(this.name, stats)) await rotateFile(this.name, keep);
      });
    } catch (error) {
      this.rotateFrom = now + rotateAgainMs;
      this.tellRotation(error);
      return;
    }
    this.isStale = true; // also if another process rotates it now
    await this.open();
  }

  private async writeHeader(): Promise<void> {
    this.headerBytes = 0;
    if (this.header === null) return;
    const text = Buffer.from(headerText(this.header, this.services.clock.now()));
    try {
      await this.append({ bytes: text, start: 0, end: text.byteLength, lines: 0 }, text.byteLength);
    } catch (error) {
      this.isStale = true;
      throw fileError(error);
    }
    if (this.sizeBytes === text.byteLength) this.headerBytes = text.byteLength;
  }

  private tellRotation(error: unknown): void {
    this.services.log.error('The access log cannot be rotated', { target: this.name, error: fileError(error) });
  }
}

/** Whether a path leads to the file with these facts. */
async function isAt(path: string, { dev, ino }: Stats): Promise<boolean> {
  try {
    const found = await stat(path);
    return found.dev === dev && found.ino === ino;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Where the line begins in which the written part ends. */
function lineStart({ bytes, start }: Batch): number {
  return start === 0 ? 0 : bytes.lastIndexOf(10, start - 1) + 1;
}

function fileError(error: unknown): Error {
  return accessLogError('ACCESS_LOG_FILE', (error as Error).message, error);
}
