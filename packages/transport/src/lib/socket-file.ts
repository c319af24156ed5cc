import { access, lstat, unlink } from 'node:fs/promises';
import net from 'node:net';
import { dirname } from 'node:path';

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

/** A socket file that nobody listens on any more is in the way; one that answers is somebody's, and so is any other file. */
async function makeRoom(path: string): Promise<void> {
  const facts = await lstat(path).catch(ignoreMissing);
  if (facts === undefined) return;
  if (facts.isDirectory()) throw Object.assign(new Error('A folder'), { code: 'EISDIR' });
  if (!facts.isSocket()) throw Object.assign(new Error('No socket'), { code: 'ENOTSOCK' });
  const isStale = await new Promise<boolean>((resolve) => {
    const probe = net.connect({ path }, () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
  if (isStale) await unlink(path).catch(ignoreMissing);
}

/** Missing is what was wanted; whatever else is wrong, binding will say. */
function ignoreMissing(): undefined {
  return undefined;
}
