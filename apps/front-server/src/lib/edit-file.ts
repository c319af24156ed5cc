import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';

/**
 * Replaces the text of a file at once, so that nobody reads half of it; a missing file counts as empty. Its rights and
 * owner stay; a new one can be read by its owner only. Throws `EEXIST` while somebody else is changing it.
 */
export function editFile(file: string, change: (text: string) => string): void {
  const target = realPathOf(file);
  const beside = `${target}.new`;
  const descriptor = openSync(beside, 'wx', 0o600);
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

function realPathOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file; // it does not exist yet
  }
}

function keepRights(file: string, { mode, uid, gid }: { mode: number; uid: number; gid: number }): void {
  const { uid: ownUid, gid: ownGid } = statSync(file);
  if (uid !== ownUid || gid !== ownGid) chownSync(file, uid, gid);
  chmodSync(file, mode & 0o777);
}
