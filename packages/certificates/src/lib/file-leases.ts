import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '@windhover/core';
import type { Lease, LeaseStore } from '@windhover/leases';

interface Written {
  readonly owner: string;
  readonly endsAtMs: number;
}

interface Found extends Written {
  readonly token: number;
}

/**
 * Creates a store of leases for the processes of one machine, in a folder. Each lease is a file of its own, named after its token; whoever
 * creates the file with the next number has the lease, and the file system lets one process do that.
 *
 * @param clock the time. Default: the system's
 */
export function createFileLeases(folder: string, clock: Pick<Clock, 'now'> = systemClock): LeaseStore {
  const folderOf = (name: string): string => join(folder, encodeURIComponent(name).replaceAll('*', '%2A'));
  const newest = async (name: string): Promise<Found | null> => {
    const token = Math.max(0, ...(await tokensIn(folderOf(name))));
    if (token === 0) return null;
    return { token, ...(await readWritten(join(folderOf(name), String(token)))) };
  };
  const current = async (name: string): Promise<Found | null> => {
    const found = await newest(name);
    return found !== null && found.endsAtMs > clock.now() ? found : null;
  };
  /** Changes a lease that is held; false: it is not. */
  const change = async (name: string, { token, owner }: Lease, endsAtMs: number): Promise<boolean> => {
    if ((await current(name))?.token !== token) return false;
    const file = join(folderOf(name), String(token));
    const temporary = temporaryOf(folderOf(name));
    await writeFile(temporary, JSON.stringify({ owner, endsAtMs }), { mode: 0o600 });
    await rename(temporary, file);
    return (await newest(name))?.token === token; // somebody may have taken it in between
  };
  return {
    async acquire(name, owner, ttlMs) {
      const before = await newest(name);
      if (before !== null && before.endsAtMs > clock.now()) return null;
      const token = (before?.token ?? 0) + 1;
      await mkdir(folderOf(name), { recursive: true, mode: 0o700 });
      const temporary = temporaryOf(folderOf(name));
      await writeFile(temporary, JSON.stringify({ owner, endsAtMs: clock.now() + ttlMs }), { mode: 0o600 });
      try {
        await link(temporary, join(folderOf(name), String(token)));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null; // somebody else was faster
        throw error;
      } finally {
        await rm(temporary, { force: true });
      }
      const tokens = await tokensIn(folderOf(name));
      if (Math.max(...tokens) !== token) return null; // what was read before was long outdated
      for (const old of tokens) if (old < token) await rm(join(folderOf(name), String(old)), { force: true });
      return { token, owner };
    },
    renew: (name, lease, ttlMs) => change(name, lease, clock.now() + ttlMs),
    async release(name, lease) {
      await change(name, lease, 0);
    },
    async holder(name) {
      const found = await current(name);
      return found === null ? null : { token: found.token, owner: found.owner };
    },
  };
}

function temporaryOf(folder: string): string {
  return join(folder, `new-${process.pid}-${randomBytes(6).toString('hex')}`);
}

async function tokensIn(folder: string): Promise<readonly number[]> {
  try {
    return (await readdir(folder)).filter((name) => /^[0-9]+$/.test(name)).map(Number);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** A lease that was removed meanwhile, because a later one exists, or that somebody else has written, is over. */
async function readWritten(file: string): Promise<Written> {
  const over = { owner: '', endsAtMs: 0 };
  try {
    const { owner, endsAtMs } = JSON.parse(await readFile(file, 'utf8')) as Partial<Written>;
    return typeof owner === 'string' && typeof endsAtMs === 'number' ? { owner, endsAtMs } : over;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return over;
    throw error;
  }
}
