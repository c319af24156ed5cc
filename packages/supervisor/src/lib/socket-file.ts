import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { access, lstat } from 'node:fs/promises';
import net from 'node:net';
import { dirname, resolve } from 'node:path';

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
  if (facts?.isSocket() !== true || !(await refuses(path))) return;
  if (!isBound(path)) rmSync(path, { force: true }); // at once: what has been seen is still so
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

/** Whether nobody listens there. Somebody may have bound it and be about to. */
function refuses(path: string): Promise<boolean> {
  return new Promise((tell) => {
    const probe = net.connect({ path, timeout: probeTimeoutMs });
    const end = (isRefused: boolean): void => {
      probe.destroy();
      tell(isRefused);
    };
    probe.once('connect', () => end(false));
    probe.once('timeout', () => end(false));
    probe.once('error', (error: NodeJS.ErrnoException) => end(error.code === 'ECONNREFUSED'));
  });
}

/**
 * Whether a process has a stream socket of that name which is not a connection, as Linux tells. Without it, on other systems and for processes in
 * another network namespace, a socket that does not listen yet looks like one whose process is gone.
 */
function isBound(path: string): boolean {
  if (process.platform !== 'linux') return false;
  let table: string;
  try {
    table = readFileSync('/proc/net/unix', 'utf8');
  } catch {
    return false; // a system without /proc
  }
  // Num: RefCount Protocol Flags Type St Inode Path. Type 1 is a stream, St 1 is unconnected.
  const names = table.split('\n').map((line) => /^\S+ \S+ \S+ \S+ 0001 01 +\d+ (.+)$/.exec(line)?.[1]);
  return names.includes(path) || names.includes(resolve(path));
}

/** Missing is what was wanted; whatever else is wrong, binding will say. */
function ignoreMissing(): undefined {
  return undefined;
}
