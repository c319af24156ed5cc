import { chmodSync } from 'node:fs';
import { access, lstat, unlink } from 'node:fs/promises';
import net from 'node:net';
import { dirname } from 'node:path';

/** How long a socket file is asked whether anybody listens: the answer is the system's, and comes at once unless its queue is full. */
const probeTimeoutMs = 2000;

/**
 * Makes room for the file of a Unix socket: one that nobody listens on is removed, one that is alive is not, and no other file ever is.
 * Throws errors of the system; those it would not tell, or only misleadingly, it gets told here.
 */
export async function prepareSocketFile(path: string): Promise<void> {
  const maxBytes = process.platform === 'linux' ? 107 : 103;
  if (Buffer.byteLength(path) > maxBytes) {
    throw Object.assign(new Error(`The path is longer than ${maxBytes} bytes`), { code: 'ENAMETOOLONG' });
  }
  await access(dirname(path));
  const facts = await lstat(path).catch(ignoreMissing);
  if (facts?.isSocket() === true && (await isStale(path))) await unlink(path).catch(ignoreMissing);
}

/** Runs what makes a socket file, so that it never has more permissions than `mode`, and then exactly those. */
export function withMode<T>(path: string, mode: number | undefined, make: () => T): T {
  if (mode === undefined) return make();
  const before = process.umask(0o777 & ~mode);
  try {
    return make();
  } finally {
    process.umask(before);
    if (mode !== undefined) chmodIfThere(path, mode);
  }
}

function chmodIfThere(path: string, mode: number): void {
  try {
    chmodSync(path, mode);
  } catch {
    // Making it failed, and that error is the one to tell.
  }
}

function isStale(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.connect({ path, timeout: probeTimeoutMs });
    const end = (stale: boolean): void => {
      probe.destroy();
      resolve(stale);
    };
    probe.once('connect', () => end(false));
    probe.once('timeout', () => end(false));
    probe.once('error', (error: NodeJS.ErrnoException) => end(error.code === 'ECONNREFUSED'));
  });
}

/** Missing is what was wanted; whatever else is wrong, binding will say. */
function ignoreMissing(): undefined {
  return undefined;
}
