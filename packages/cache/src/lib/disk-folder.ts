import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** How many folders the files are spread over: some file systems are slow with many files in one. */
export const shardCount = 256;

const namePattern = /^[0-9a-f]{32}-[0-9a-f]{16}$/;
/** A file that is being written belongs to the process in its name. After a day it belongs to nobody, whatever its number says. */
const abandonedAfterMs = 24 * 60 * 60 * 1000;

/**
 * The folder of a disk store. A file is named by a hash of its key and a random number, so nothing that a client sends becomes a path, and a name is never
 * used again for another content: several processes can share the folder.
 */
export class DiskFolder {
  readonly root: string;
  private written = 0;

  constructor(root: string) {
    this.root = root;
  }

  /** Returns a new name for an answer with that key. */
  newName(key: string): string {
    return `${hashOf(key)}-${randomBytes(8).toString('hex')}`;
  }

  /** Whether a file of that name holds an answer with that key. */
  isNameOf(name: string, key: string): boolean {
    return name.startsWith(`${hashOf(key)}-`);
  }

  /** Which of the `shardCount` folders the answers with that key are in. */
  shardOfKey(key: string): number {
    return this.shardOfName(hashOf(key));
  }

  shardOfName(name: string): number {
    return Number.parseInt(name.slice(0, 2), 16);
  }

  pathOf(name: string): string {
    return join(this.root, name.slice(0, 2), name);
  }

  /** Returns the names in one of the folders. Files that have no name of ours are left alone. */
  async namesOf(shard: number): Promise<string[]> {
    const files = await readdir(join(this.root, shard.toString(16).padStart(2, '0'))).catch(nothingIfMissing);
    return files.filter((name) => namePattern.test(name));
  }

  /** Makes the folder, and tries whether files can be written there. */
  async make(): Promise<void> {
    const { path, handle } = await this.openNew();
    await handle.close();
    await this.remove(path);
  }

  /** Opens a new file for writing and reading back, which only its owner can read. Makes the folder if it is missing. */
  async openNew(): Promise<{ readonly path: string; readonly handle: FileHandle }> {
    const path = join(this.root, 'tmp', `${process.pid}-${run}-${this.written++}-${randomBytes(4).toString('hex')}`);
    const handle = await withFolder(join(this.root, 'tmp'), () => open(path, 'wx+', 0o600));
    return { path, handle };
  }

  /** Gives a written file its name. From then on it is found after a restart. */
  async publish(path: string, name: string): Promise<void> {
    await withFolder(join(this.root, name.slice(0, 2)), () => rename(path, this.pathOf(name)));
  }

  /** Removes a file. It does not matter if another process has done so already. */
  async remove(path: string): Promise<void> {
    await unlink(path).catch(nothingIfMissing);
  }

  /** Removes files that processes were writing when they ended. */
  async removeAbandoned(nowMs: number): Promise<void> {
    const folder = join(this.root, 'tmp');
    for (const file of await readdir(folder).catch(nothingIfMissing)) {
      const path = join(folder, file);
      const [, pidText, itsRun] = /^(\d+)-([^-]+)-/.exec(file) ?? [];
      if (pidText === undefined) continue;
      const pid = Number(pidText);
      const isOfBefore = pid === process.pid && itsRun !== run; // in a container, a server has the same number after a restart
      const isOld = await stat(path).then(
        ({ mtimeMs }) => nowMs - mtimeMs > abandonedAfterMs,
        () => false,
      );
      if (isOld || isOfBefore || !isRunning(pid)) await this.remove(path);
    }
  }
}

/** Tells this process from an earlier one with the same number. */
const run = randomBytes(4).toString('hex');

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

/** Runs `action`; if a folder is missing, makes it and tries once more. */
async function withFolder<T>(folder: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return action();
  }
}

function nothingIfMissing(error: NodeJS.ErrnoException): never[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it runs, as another user
  }
}
