import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { staticError } from './errors.ts';
import { expectMissing } from './file-error.ts';
import { type FileFacts, toFacts } from './file-facts.ts';
import type { FileLocation } from './locate-file.ts';
import type { StaticSettings } from './options.ts';

/** An open regular file. Its owner closes it. */
export interface OpenedFile extends FileFacts {
  readonly handle: FileHandle;
  /** The last name of its path, which decides its type. */
  readonly name: string;
}

/** The result of opening. */
export type OpenOutcome =
  | { readonly kind: 'opened'; readonly file: OpenedFile }
  /** A folder with an index document, requested without the trailing slash. */
  | { readonly kind: 'needs-slash' }
  | { readonly kind: 'missing' };

const missing: OpenOutcome = { kind: 'missing' };

/** Without O_NONBLOCK, opening a pipe waits for its writer. Windows has neither flag. */
const followFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
const insideFlags = followFlags | (constants.O_NOFOLLOW ?? 0);

/** Finds and opens the files below one folder. */
export class FileOpener {
  private readonly settings: Pick<StaticSettings, 'root' | 'index' | 'staysInside'>;
  private realRoot: string | null = null;

  constructor(settings: Pick<StaticSettings, 'root' | 'index' | 'staysInside'>) {
    this.settings = settings;
  }

  /**
   * Opens the file, or the index document of the folder. Throws an `HttpError` for a file that exists but cannot be
   * read.
   */
  async open({ names, hasSlash }: FileLocation): Promise<OpenOutcome> {
    const path = join(await this.findRoot(), ...names);
    const entry = await this.find(path);
    if (entry === null) return missing;
    if (entry.stats.isFile()) return hasSlash ? missing : this.openRegular(entry.path, names.at(-1) ?? '');
    if (!entry.stats.isDirectory()) return missing; // pipes, sockets and devices are never opened
    for (const name of this.settings.index) {
      const document = await this.find(join(path, name));
      if (document === null || !document.stats.isFile()) continue;
      return hasSlash ? this.openRegular(document.path, name) : { kind: 'needs-slash' };
    }
    return missing;
  }

  /** Resolved on first use, so that a server can check its configuration without opening anything. */
  private async findRoot(): Promise<string> {
    try {
      this.realRoot ??= await realpath(this.settings.root);
      return this.realRoot;
    } catch (cause) {
      throw staticError('STATIC_READ_FAILED', `the folder ${this.settings.root}`, { cause });
    }
  }

  /** Finds the entry at a path and its real location; `null` if there is none, or it is not for clients. */
  private async find(path: string): Promise<{ path: string; stats: Stats } | null> {
    try {
      if (!this.settings.staysInside) return { path, stats: await stat(path) };
      const real = await realpath(path);
      return isInside(real, await this.findRoot()) ? { path: real, stats: await lstat(real) } : null;
    } catch (error) {
      expectMissing(error);
      return null;
    }
  }

  private async openRegular(path: string, name: string): Promise<OpenOutcome> {
    let handle: FileHandle | null = null;
    try {
      handle = await open(path, this.settings.staysInside ? insideFlags : followFlags);
      const stats = await handle.stat({ bigint: true });
      if (stats.isFile()) return { kind: 'opened', file: { handle, name, ...toFacts(stats) } };
      await handle.close(); // it was replaced after it was found
    } catch (error) {
      await handle?.close();
      expectMissing(error);
    }
    return missing;
  }
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
