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

/** Runs what makes a socket file, so that it never has more permissions than `mode`. */
export function withUmask<T>(mode: number | undefined, make: () => T): T {
  if (mode === undefined) return make();
  const before = process.umask(0o777 & ~mode);
  try {
    return make();
  } finally {
    process.umask(before);
  }
}

/**
 * Gives a socket file exactly these permissions, which a folder with an access list of its own may have changed. Only for one that was just made: at
 * the path of one that could not be made stands something else, the folder of somebody for instance.
 */
export function setMode(path: string, mode: number | undefined): void {
  if (mode !== undefined) chmodSync(path, mode);
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
