import { FileError } from './file-error.ts';
import type { FileFacts, FileReader, FileWriter, FtpFileSystem, WriteOptions } from './file-system.ts';
import { isWithin, nameOf, parentOf } from './ftp-path.ts';

interface MemoryFile {
  content: Buffer | null;
  modifiedMs: number;
  mode: number;
}

/** Options of `createMemoryFileSystem`. */
export interface MemoryFileSystemOptions {
  /** Bytes of all files together; more are refused as on a full disk. Default: no limit. */
  readonly maxBytes?: number;
  /** The time of new files. Default: the system's. */
  readonly now?: () => number;
}

/** Files in memory, for tests and for what a program makes up. Keys are absolute paths; folders above them exist. */
export function createMemoryFileSystem(
  files: Readonly<Record<string, string | Uint8Array>> = {},
  options: MemoryFileSystemOptions = {},
): FtpFileSystem {
  return new MemoryFileSystem(files, options);
}

class MemoryFileSystem implements Required<FtpFileSystem> {
  private readonly entries = new Map<string, MemoryFile>();
  private readonly maxBytes: number;
  private readonly now: () => number;

  constructor(
    files: Readonly<Record<string, string | Uint8Array>>,
    { maxBytes = Number.POSITIVE_INFINITY, now = Date.now }: MemoryFileSystemOptions,
  ) {
    this.maxBytes = maxBytes;
    this.now = now;
    this.addFolder('/');
    for (const [path, content] of Object.entries(files)) {
      for (let folder = parentOf(path); folder !== '/'; folder = parentOf(folder)) this.addFolder(folder);
      this.entries.set(path, { content: Buffer.from(content as string), modifiedMs: now(), mode: 0o644 });
    }
  }

  async stat(path: string): Promise<FileFacts | null> {
    const entry = this.entries.get(path);
    return entry === undefined ? null : factsOf(path, entry);
  }

  async *list(path: string): AsyncGenerator<FileFacts> {
    this.folder(path);
    for (const [each, entry] of this.entries) if (each !== '/' && parentOf(each) === path) yield factsOf(each, entry);
  }

  async read(path: string, startAt: number): Promise<FileReader> {
    const entry = this.file(path);
    const facts = factsOf(path, entry);
    if (startAt > facts.size) throw new FileError('bad-offset');
    let position = startAt;
    return {
      facts,
      read: async (buffer) => {
        const part = entry.content!.subarray(position, position + buffer.byteLength);
        buffer.set(part);
        position += part.byteLength;
        return part.byteLength;
      },
      look: async () => factsOf(path, entry),
      close: async () => undefined,
    };
  }

  async write(path: string, options: WriteOptions): Promise<FileWriter> {
    const { startAt = 0, append = false, exclusive = false, keepsReplaced = false } = options;
    this.folder(parentOf(path));
    const existing = this.entries.get(path);
    if (existing !== undefined && exclusive) throw new FileError('exists');
    if (existing?.content === null) throw new FileError('not-a-file');
    const before = existing?.content ?? Buffer.alloc(0);
    if (startAt > before.byteLength) throw new FileError('bad-offset');
    const entry = existing ?? { content: before, modifiedMs: this.now(), mode: 0o644 };
    this.entries.set(path, entry);
    const beginsAt = append ? before.byteLength : startAt;
    const isAside = keepsReplaced && existing !== undefined && !append && startAt === 0;
    /** What is written to: the file, or what will take its place. */
    const target = isAside ? { content: Buffer.alloc(0), modifiedMs: 0 } : entry;
    let isCut = !append;
    const cut = (): void => {
      if (isCut) target.content = target.content!.subarray(0, startAt);
      isCut = false;
    };
    return {
      isAside,
      write: async (chunk) => {
        cut();
        const aside = isAside ? target.content!.byteLength : 0;
        if (this.used() + aside + chunk.byteLength > this.maxBytes) throw new FileError('no-space');
        target.content = Buffer.concat([target.content!, chunk]);
        target.modifiedMs = this.now();
      },
      commit: async () => {
        cut();
        if (isAside) entry.content = target.content;
        if (isAside) entry.modifiedMs = this.now();
      },
      abort: async (isRefused = false) => {
        if (!isRefused || isAside) return;
        if (existing === undefined && this.entries.get(path) === entry) this.entries.delete(path);
        if (existing !== undefined && beginsAt > 0 && !isCut) entry.content = entry.content!.subarray(0, beginsAt);
      },
    };
  }

  async makeFolder(path: string): Promise<void> {
    this.folder(parentOf(path));
    if (this.entries.has(path)) throw new FileError('exists');
    this.addFolder(path);
  }

  async removeFolder(path: string): Promise<void> {
    this.folder(path);
    if (path === '/') throw new FileError('denied');
    for (const each of this.entries.keys()) if (each !== path && isWithin(each, path)) throw new FileError('not-empty');
    this.entries.delete(path);
  }

  async removeFile(path: string): Promise<void> {
    this.file(path);
    this.entries.delete(path);
  }

  async rename(from: string, to: string): Promise<void> {
    if (!this.entries.has(from)) throw new FileError('not-found');
    this.folder(parentOf(to));
    if (this.entries.has(to)) throw new FileError('exists');
    if (from === '/' || isWithin(to, from)) throw new FileError('bad-name');
    for (const [path, entry] of [...this.entries]) {
      if (!isWithin(path, from)) continue;
      this.entries.delete(path);
      this.entries.set(to + path.slice(from.length), entry);
    }
  }

  async setModified(path: string, timeMs: number): Promise<void> {
    this.entry(path).modifiedMs = timeMs;
  }

  async setMode(path: string, mode: number): Promise<void> {
    this.entry(path).mode = mode & 0o777;
  }

  private addFolder(path: string): void {
    if (!this.entries.has(path)) this.entries.set(path, { content: null, modifiedMs: this.now(), mode: 0o755 });
  }

  private entry(path: string): MemoryFile {
    const entry = this.entries.get(path);
    if (entry === undefined) throw new FileError('not-found');
    return entry;
  }

  private file(path: string): MemoryFile {
    const entry = this.entry(path);
    if (entry.content === null) throw new FileError('not-a-file');
    return entry;
  }

  private folder(path: string): void {
    if (this.entry(path).content !== null) throw new FileError('not-a-folder');
  }

  async hasRoom(_path: string, bytes: number): Promise<boolean> {
    return this.used() + bytes <= this.maxBytes;
  }

  private used(): number {
    let bytes = 0;
    for (const { content } of this.entries.values()) bytes += content?.byteLength ?? 0;
    return bytes;
  }
}

function factsOf(path: string, { content, modifiedMs, mode }: MemoryFile): FileFacts {
  return {
    name: nameOf(path),
    kind: content === null ? 'folder' : 'file',
    size: content?.byteLength ?? 0,
    modifiedMs,
    mode,
  };
}
