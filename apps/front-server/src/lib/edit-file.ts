import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** How long another change of the file is waited for, in milliseconds. */
const waitMs = 2000;
/** A change takes some milliseconds. What is older was left by a process that has ended, whoever has its number now; milliseconds. */
const oldMs = 60_000;

/**
 * Replaces the text of a file at once, so that nobody reads half of it; a missing file counts as empty. Its rights and
 * owner stay; a new one can be read by its owner only. Waits a moment for somebody else who is changing it, then throws.
 */
export function editFile(file: string, change: (text: string) => string): void {
  const target = realPathOf(file);
  const { beside, descriptor } = claim(target);
  try {
    const before = statSync(target, { throwIfNoEntry: false });
    writeFileSync(descriptor, change(before === undefined ? '' : readFileSync(target, 'utf8')));
    fsyncSync(descriptor);
    if (before !== undefined) keepRights(beside, before);
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Removes what changes of the file have left that were killed. Returns whether somebody is changing it now. */
export function sweepEdits(file: string, own = ''): boolean {
  const target = realPathOf(file);
  const start = `${basename(target)}.`;
  let isBusy = false;
  for (const name of namesIn(dirname(target))) {
    const [, pid] = (name.startsWith(start) ? ticket.exec(name.slice(start.length)) : null) ?? [];
    const path = join(dirname(target), name);
    if (pid === undefined || path === own) continue;
    if (isUnderWay(path, Number(pid))) isBusy = true;
    else rmSync(path, { force: true });
  }
  return isBusy;
}

/** A folder may let its files be replaced, and not be listed. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return [];
    throw error;
  }
}

const ticket = /^([0-9]+)-[0-9a-f]{12}\.new$/;

/** Makes the file for the new text. Of several at the same time each one gives way and tries again a little later. */
function claim(target: string): { readonly beside: string; readonly descriptor: number } {
  const until = Date.now() + waitMs;
  for (;;) {
    const beside = `${target}.${process.pid}-${randomBytes(6).toString('hex')}.new`;
    const descriptor = openSync(beside, 'wx', 0o600);
    try {
      if (!sweepEdits(target, beside)) return { beside, descriptor };
    } catch (error) {
      release(beside, descriptor);
      throw error;
    }
    release(beside, descriptor);
    if (Date.now() > until) throw new Error('somebody else is changing it');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5 + Math.random() * 30);
  }
}

function release(beside: string, descriptor: number): void {
  closeSync(descriptor);
  rmSync(beside, { force: true });
}

/** A change never gives way to another one of its own process, so a file with this number is of one that was killed. */
function isUnderWay(path: string, pid: number): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || pid === process.pid || Date.now() - found.mtimeMs > oldMs) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it is another user's
  }
}

function realPathOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return resolve(file); // it does not exist yet; `sweepEdits` compares whole paths
  }
}

function keepRights(file: string, { mode, uid, gid }: { mode: number; uid: number; gid: number }): void {
  const { uid: ownUid, gid: ownGid } = statSync(file);
  if (uid !== ownUid || gid !== ownGid) chownSync(file, uid, gid);
  chmodSync(file, mode & 0o777);
}
