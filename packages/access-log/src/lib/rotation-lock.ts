import { mkdir, rmdir, stat } from 'node:fs/promises';

/** A process that rotates needs milliseconds; one that crashed meanwhile leaves its lock behind. */
const staleMs = 60_000;

/**
 * Runs `rotate` unless another process rotates the same file now: two that rename at the same moment could overwrite a
 * file. The lock is a folder, `access.log.rotating`, because only one process can make it. Returns whether it ran.
 */
export async function withRotationLock(path: string, rotate: () => Promise<void>): Promise<boolean> {
  const lock = `${path}.rotating`;
  if (!(await makeLock(lock))) return false;
  try {
    await rotate();
  } finally {
    await rmdir(lock);
  }
  return true;
}

async function makeLock(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  if (await isStale(lock)) await rmdir(lock).catch(() => undefined); // another process may have removed it
  return false;
}

async function isStale(lock: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(lock)).mtimeMs > staleMs;
  } catch {
    return false; // ENOENT: it is gone
  }
}
