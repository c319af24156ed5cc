import { readFileSync, rmSync } from 'node:fs';
import { access, lstat } from 'node:fs/promises';
import net from 'node:net';
import { dirname, resolve } from 'node:path';

/**
 * Makes room for the file of a Unix socket. The system shortens a long path without a word, and names a missing folder as a lack of
 * permission: both are found out before.
 */
export async function prepareSocketFile(path: string): Promise<void> {
  const maxBytes = process.platform === 'linux' ? 107 : 103;
  if (process.platform === 'win32') return;
  if (Buffer.byteLength(path) > maxBytes) throw Object.assign(new Error('Path too long'), { code: 'ENAMETOOLONG' });
  await access(dirname(path));
  await makeRoom(path);
}

/** How long a socket file is asked whether anybody listens: the answer is the system's, and comes at once unless its queue is full. */
const probeTimeoutMs = 2000;

/** A socket file that nobody listens on any more is in the way; one that answers is somebody's, and so is any other file. */
async function makeRoom(path: string): Promise<void> {
  const facts = await lstat(path).catch(ignoreMissing);
  if (facts === undefined) return;
  if (facts.isDirectory()) throw Object.assign(new Error('A folder'), { code: 'EISDIR' });
  if (!facts.isSocket()) throw Object.assign(new Error('No socket'), { code: 'ENOTSOCK' });
  if ((await refuses(path)) && !isBound(path)) rmSync(path, { force: true }); // at once: what has been seen is still so
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
 * Whether a process has bound a stream socket of that name, as Linux tells. On other systems, and for processes in another network namespace, a
 * socket that does not listen yet looks like one whose process is gone.
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
