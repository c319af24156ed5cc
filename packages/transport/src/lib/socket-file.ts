import { readFileSync, rmSync } from 'node:fs';
import { access, lstat } from 'node:fs/promises';
import net from 'node:net';
import { dirname, resolve } from 'node:path';

/**
 * Makes room for the file of a Unix socket. The system silently truncates a long path, and reports a missing folder as
 * missing permission, so both are checked first.
 */
export async function prepareSocketFile(path: string): Promise<void> {
  const maxBytes = process.platform === 'linux' ? 107 : 103;
  if (process.platform === 'win32') return;
  if (Buffer.byteLength(path) > maxBytes) throw Object.assign(new Error('Path too long'), { code: 'ENAMETOOLONG' });
  await access(dirname(path));
  await makeRoom(path);
}

/** How long to wait for an answer from a socket file. The system answers at once unless the accept queue is full. */
const probeTimeoutMs = 2000;

/** Removes a socket file that no process listens on. A live socket, or a file of another kind, stays. */
async function makeRoom(path: string): Promise<void> {
  const facts = await lstat(path).catch(ignoreMissing);
  if (facts === undefined) return;
  if (facts.isDirectory()) throw Object.assign(new Error('A folder'), { code: 'EISDIR' });
  if (!facts.isSocket()) throw Object.assign(new Error('No socket'), { code: 'ENOTSOCK' });
  if ((await refuses(path)) && !isBound(path)) rmSync(path, { force: true }); // synchronous: nothing has changed since
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
