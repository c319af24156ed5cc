import { constants, type Stats } from 'node:fs';
import {
  chmod,
  type FileHandle,
  lstat,
  mkdir,
  open,
  opendir,
  readlink,
  realpath,
  rename,
  rmdir,
  unlink,
  utimes,
} from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { FileError, toFileError } from './file-error.ts';
import type { FileFacts, FileReader, FileWriter, FtpFileSystem, WriteOptions } from './file-system.ts';
import { FolderWriter, isTemporary, isUnderWay, temporaryName } from './folder-writer.ts';
import { nameOf, namesOf, parentOf } from './ftp-path.ts';
import { statsToFacts } from './stats-to-facts.ts';

/** Options of `createFolderFileSystem`. */
export interface FolderFileSystemOptions {
  /**
   * `in-place`: an upload is written where it will be, so what broke off can be resumed. `whole`: into a temporary file beside it, which gets the name
   * once all has come; what is resumed or appended is written in place all the same. Default: `in-place`.
   */
  readonly uploads?: 'in-place' | 'whole';
  /** Whether an upload in place that broke off stays, so that it can be resumed. Default: true. */
  readonly keepPartialUploads?: boolean;
  /** Whether a file may be renamed to one that exists. Default: false, as in IIS. */
  readonly replaceOnRename?: boolean;
}

/** How many entries of a folder are looked at together. */
const batchSize = 32;

const noFollow = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * The files of a folder on disk: regular files and folders only, and no way out, also by symbolic links. Links that stay inside are followed for
 * reading; what is written is never written through one.
 */
export function createFolderFileSystem(root: string, options: FolderFileSystemOptions = {}): FtpFileSystem {
  return new FolderFileSystem(resolve(root), options);
}

class FolderFileSystem implements FtpFileSystem {
  private readonly root: string;
  private readonly isWhole: boolean;
  private readonly keepsPartial: boolean;
  private readonly mayReplace: boolean;

  constructor(
    root: string,
    { uploads = 'in-place', keepPartialUploads = true, replaceOnRename = false }: FolderFileSystemOptions,
  ) {
    this.root = root;
    this.isWhole = uploads === 'whole';
    this.keepsPartial = keepPartialUploads;
    this.mayReplace = replaceOnRename;
  }

  async stat(path: string): Promise<FileFacts | null> {
    try {
      const stats = await lstat(await this.find(path));
      return isUnderWay(nameOf(path), stats) ? null : statsToFacts(nameOf(path), stats);
    } catch (error) {
      const fault = toFileError(error);
      if (fault.fault === 'not-found' || fault.fault === 'not-a-folder') return null;
      throw fault;
    }
  }

  async *list(path: string): AsyncGenerator<FileFacts> {
    const place = await this.find(path);
    const folder = await failing(opendir(place));
    let batch: string[] = [];
    try {
      for await (const { name } of folder) {
        batch.push(name);
        if (batch.length < batchSize) continue;
        yield* await this.look(path, place, batch);
        batch = [];
      }
    } catch (error) {
      throw toFileError(error);
    }
    yield* await this.look(path, place, batch);
  }

  async read(path: string, startAt: number): Promise<FileReader> {
    if (isTemporary(nameOf(path))) throw new FileError('not-found');
    const handle = await this.open(await this.find(path), constants.O_RDONLY);
    const facts = statsToFacts(nameOf(path), await handle.stat())!;
    let position = startAt;
    if (startAt > facts.size) {
      await handle.close();
      throw new FileError('bad-offset');
    }
    return {
      facts,
      async read(buffer) {
        const { bytesRead } = await failing(handle.read(buffer, 0, buffer.byteLength, position));
        position += bytesRead;
        return bytesRead;
      },
      look: async () => statsToFacts(facts.name, await handle.stat())!,
      close: () => handle.close(),
    };
  }

  async write(path: string, options: WriteOptions): Promise<FileWriter> {
    const { startAt = 0, append = false, exclusive = false, keepsReplaced = false } = options;
    const final = await this.place(path);
    const isFresh = startAt === 0 && !append;
    const isWhole = this.isWhole && isFresh;
    const created = isWhole ? null : await this.create(final, exclusive);
    const isAside = isWhole || (created === null && isFresh && keepsReplaced);
    const replaced = isAside ? await this.replaceable(final, exclusive) : null;
    const place = isAside ? join(await this.find(parentOf(path)), temporaryName(nameOf(path))) : final;
    const mustBeNew = isAside ? constants.O_EXCL : 0;
    const handle = created ?? (await this.open(place, constants.O_WRONLY | constants.O_CREAT | mustBeNew));
    try {
      const { size } = await handle.stat();
      if (startAt > size) throw new FileError('bad-offset');
      if (replaced !== null && keepsReplaced) await handle.chmod(replaced.mode & 0o777);
      return new FolderWriter({
        handle,
        position: append ? size : startAt,
        isCut: !append && startAt < size,
        place,
        final: isAside ? final : null,
        keeps: this.keepsPartial && !isAside,
        isNew: created !== null,
        isExclusive: exclusive,
      });
    } catch (error) {
      await handle.close();
      throw toFileError(error);
    }
  }

  async makeFolder(path: string): Promise<void> {
    await failing(mkdir(await this.place(path)));
  }

  async removeFolder(path: string): Promise<void> {
    await failing(rmdir(await this.place(path)));
  }

  async removeFile(path: string): Promise<void> {
    const place = await this.placeOf(path);
    const stats = await failing(lstat(place));
    if (stats.isDirectory()) throw new FileError('not-a-file');
    if (isUnderWay(nameOf(path), stats)) throw new FileError('bad-name');
    await failing(unlink(place));
  }

  async rename(from: string, to: string): Promise<void> {
    const [old, next] = [await this.place(from), await this.place(to)];
    if (!this.mayReplace && old !== next && (await exists(next))) throw new FileError('exists');
    await failing(rename(old, next));
  }

  async setModified(path: string, timeMs: number): Promise<void> {
    await failing(utimes(await this.find(path), timeMs / 1000, timeMs / 1000));
  }

  async setMode(path: string, mode: number): Promise<void> {
    if (path === '/') throw new FileError('denied');
    await failing(chmod(await this.find(path), mode & 0o777));
  }

  /** Where something that exists is on the disk, with all links followed. */
  private async find(path: string): Promise<string> {
    refuseForeign(path);
    const [root, real] = await Promise.all([
      failing(realpath(this.root)),
      failing(realpath(join(this.root, ...namesOf(path)))),
    ]);
    if (!isInside(real, root)) throw new FileError('denied');
    return real;
  }

  /** Where something may be created, replaced or removed; a link is not followed then. */
  private async place(path: string): Promise<string> {
    if (isTemporary(nameOf(path))) throw new FileError('bad-name');
    return this.placeOf(path);
  }

  private async placeOf(path: string): Promise<string> {
    if (path === '/') throw new FileError('denied');
    refuseForeign(path);
    return join(await this.find(parentOf(path)), nameOf(path));
  }

  private async open(place: string, flags: number): Promise<FileHandle> {
    const handle = await failing(open(place, flags | noFollow, 0o644));
    try {
      const stats = await handle.stat();
      if (stats.isDirectory()) throw new FileError('not-a-file');
      if (!stats.isFile()) throw new FileError('denied'); // pipes, sockets and devices
      // A folder above it may have been replaced by a link meanwhile. Linux knows where an open file is.
      const real = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => realpath(place));
      if (!isInside(real, await realpath(this.root))) throw new FileError('denied');
      return handle;
    } catch (error) {
      await handle.close();
      throw toFileError(error);
    }
  }

  /** `null`: there is something of that name already, which may be written. */
  private async create(place: string, exclusive: boolean): Promise<FileHandle | null> {
    try {
      return await this.open(place, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
    } catch (error) {
      if (exclusive || toFileError(error).fault !== 'exists') throw error;
      return null;
    }
  }

  /** The file that another one will replace, `null` if there is none. */
  private async replaceable(place: string, exclusive: boolean): Promise<Stats | null> {
    const stats = await lstat(place).catch(() => null);
    if (stats === null) return null;
    if (exclusive) throw new FileError('exists');
    if (stats.isDirectory()) throw new FileError('not-a-file');
    if (!stats.isFile()) throw new FileError('denied');
    return stats;
  }

  private async look(path: string, place: string, names: readonly string[]): Promise<FileFacts[]> {
    const facts = names.map(async (name) => {
      try {
        const stats = await lstat(join(place, name));
        if (isUnderWay(name, stats)) return null;
        if (!stats.isSymbolicLink()) return statsToFacts(name, stats);
        return statsToFacts(name, await lstat(await this.find(path === '/' ? `/${name}` : `${path}/${name}`)));
      } catch {
        return null; // it is gone, leads out, or cannot be looked at
      }
    });
    return (await Promise.all(facts)).filter((each) => each !== null);
  }
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** Windows reads other separators, drives, streams and short names into a name. */
function refuseForeign(path: string): void {
  if (sep === '\\' && /[\\:~*?"<>|]|[. ](\/|$)/.test(path)) throw new FileError('bad-name');
}

async function exists(place: string): Promise<boolean> {
  return (await lstat(place).catch(() => null)) !== null;
}

async function failing<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw toFileError(error);
  }
}
