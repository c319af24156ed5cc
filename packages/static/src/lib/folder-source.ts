import { constants, realpathSync, statSync } from 'node:fs';
import { type FileHandle, lstat, open, opendir, readlink, realpath, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { staticError } from './errors.ts';
import { expectMissing } from './file-error.ts';
import { type FileFacts, toFacts } from './file-facts.ts';
import type { FileSource, FoundEntry, Inspection, OpenFile } from './file-source.ts';

/** Options of `folderSource`. */
export interface FolderSourceOptions {
  /** See `StaticOptions.symlinks`. Default: `inside`. */
  readonly symlinks?: 'inside' | 'follow';
}

/** Without O_NONBLOCK, opening a pipe waits for its writer. Windows has neither flag. */
const followFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
const insideFlags = followFlags | (constants.O_NOFOLLOW ?? 0);

/** The files of a folder on disk: regular files only, and no way out of the folder. */
export function folderSource(root: string, options: FolderSourceOptions = {}): FileSource {
  if (typeof root !== 'string' || root === '') throw staticError('STATIC_OPTION_INVALID', 'the folder has no name');
  return new FolderSource(resolve(root), options.symlinks !== 'follow');
}

class FolderSource implements FileSource {
  private readonly root: string;
  private readonly staysInside: boolean;
  /** `null`: not known yet, or there is a link in the path, which may be exchanged for another one at any time. */
  private fixedRoot: string | null = null;

  constructor(root: string, staysInside: boolean) {
    this.root = root;
    this.staysInside = staysInside;
  }

  async find(names: readonly string[]): Promise<FoundEntry | null> {
    const root = await this.findRoot();
    const path = join(root, ...names);
    try {
      const real = this.staysInside ? await realpath(path) : path;
      if (this.staysInside && !isInside(real, root)) return null;
      const stats = await (this.staysInside ? lstat : stat)(real, { bigint: true });
      if (stats.isDirectory()) return { kind: 'folder', id: toFacts(stats).id, modifiedMs: Number(stats.mtimeMs) };
      if (!stats.isFile()) return null; // pipes, sockets and devices are never opened
      return { kind: 'file', facts: toFacts(stats), open: () => this.open(real, root) };
    } catch (error) {
      expectMissing(error);
      return null;
    }
  }

  async *list(names: readonly string[]): AsyncGenerator<string> {
    const folder = await this.find(names);
    if (folder?.kind !== 'folder') return;
    try {
      for await (const { name } of await opendir(join(await this.findRoot(), ...names))) yield name;
    } catch (error) {
      expectMissing(error);
    }
  }

  describe(names: readonly string[]): string {
    return join(this.root, ...names);
  }

  inspect(names: readonly string[]): Inspection {
    const path = this.describe(names);
    try {
      if (this.staysInside && !isInside(realpathSync(path), realpathSync(this.root)))
        return { kind: 'none', because: 'a symbolic link leads out of the folder' };
      const stats = statSync(path);
      if (stats.isFile()) return { kind: 'file', because: 'the file exists' };
      if (stats.isDirectory()) return { kind: 'folder', because: 'it is a folder' };
      return { kind: 'none', because: 'it is neither a file nor a folder' };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const isForbidden = code === 'EACCES' || code === 'EPERM';
      if (isForbidden) return { kind: 'forbidden', because: 'the server may not look there' };
      return { kind: 'none', because: 'there is no such file' };
    }
  }

  /** Resolved on first use, so that a server can check its configuration without opening anything. */
  private async findRoot(): Promise<string> {
    try {
      if (this.fixedRoot !== null) return this.fixedRoot;
      const real = await realpath(this.root);
      if (real === this.root) this.fixedRoot = real;
      return real;
    } catch (cause) {
      throw staticError('STATIC_READ_FAILED', `the folder ${this.root}`, { cause });
    }
  }

  /**
   * Whether an open file is inside of the folder: a folder above it may have been replaced by a link since it was found.
   * Linux knows where an open file is; elsewhere the path is looked at once more.
   */
  private async isStillInside(handle: FileHandle, path: string, root: string): Promise<boolean> {
    const place = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => realpath(path));
    return isInside(place, root);
  }

  /** @param root as it was when the file was found: it may lead elsewhere by now */
  private async open(path: string, root: string): Promise<OpenFile | null> {
    let handle: FileHandle | null = null;
    try {
      handle = await open(path, this.staysInside ? insideFlags : followFlags);
      const stats = await handle.stat({ bigint: true });
      const isOurs = stats.isFile() && (!this.staysInside || (await this.isStillInside(handle, path, root)));
      if (isOurs) return new DiskFile(handle, toFacts(stats));
      await handle.close(); // it, or a folder above it, was replaced after it was found
    } catch (error) {
      await handle?.close();
      expectMissing(error);
    }
    return null;
  }
}

class DiskFile implements OpenFile {
  readonly facts: FileFacts;
  private readonly handle: FileHandle;

  constructor(handle: FileHandle, facts: FileFacts) {
    this.handle = handle;
    this.facts = facts;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    return (await this.handle.read(into, 0, into.byteLength, position)).bytesRead;
  }

  async look(): Promise<FileFacts> {
    return toFacts(await this.handle.stat({ bigint: true }));
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
