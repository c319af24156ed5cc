import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { access, lstat } from 'node:fs/promises';
import net from 'node:net';
import { dirname, resolve } from 'node:path';

/** How long to wait for an answer from a socket file. The system answers at once unless the accept queue is full. */
const probeTimeoutMs = 2000;

/**
 * Makes room for the file of a Unix socket: removes a socket file that no process listens on, never a live socket or a
 * file of another kind. Throws the system's error, and its own where the system would report none or a misleading one.
 */
export async function prepareSocketFile(path: string): Promise<void> {
  const maxBytes = process.platform === 'linux' ? 107 : 103;
  if (Buffer.byteLength(path) > maxBytes) {
    throw Object.assign(new Error(`The path is longer than ${maxBytes} bytes`), { code: 'ENAMETOOLONG' });
  }
  await access(dirname(path));
  const facts = await lstat(path).catch(ignoreMissing);
  if (facts?.isSocket() !== true || !(await refuses(path))) return;
  if (!isBound(path)) rmSync(path, { force: true }); // synchronous, so that nothing has changed since the check
}

/** Runs `make`, which creates a socket file, so that the file never has more permissions than `mode`. */
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
 * Sets the exact permissions of a socket file, because a folder with a default ACL may have changed them. Call it only
 * for a file that was just created: if creation failed, something else is at that path, perhaps somebody's folder.
 */
export function setMode(path: string, mode: number | undefined): void {
  if (mode !== undefined) chmodSync(path, mode);
}

/** Whether nobody listens there. A process may still have bound it and be about to listen. */
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
 * Whether a process has bound a stream socket of that name, according to Linux. On other systems, and for processes in
 * another network namespace, a bound socket that does not listen yet cannot be told from an abandoned one.
 */
function isBound(path: string): boolean {
  if (process.platform !== 'linux') return false;
  let table: string;
  try {
    table = readFileSync('/proc/net/unix', 'utf8');
  } catch {
    return false; // no /proc
  }
  // Num: RefCount Protocol Flags Type St Inode Path. Type 1 is a stream, St 1 is unconnected.
  const names = table.split('\n').map((line) => /^\S+ \S+ \S+ \S+ 0001 01 +\d+ (.+)$/.exec(line)?.[1]);
  return names.includes(path) || names.includes(resolve(path));
}

/** A missing file is fine; binding reports any other problem. */
function ignoreMissing(): undefined {
  return undefined;
}
