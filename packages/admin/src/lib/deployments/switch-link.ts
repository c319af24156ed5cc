import { randomBytes } from 'node:crypto';
import { lstat, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { adminError } from '../errors.ts';

/** Lets `link` lead to `target`, a folder beside it, so that there is no moment in which it leads nowhere. */
export async function switchLink(link: string, target: string): Promise<void> {
  const present = await lstat(link).catch(() => null); // usually there is one
  if (present?.isSymbolicLink() === false) throw adminError('ADMIN_REFUSED', `${link} is no link: move it away`);
  const fresh = `${link}.${randomBytes(6).toString('hex')}`;
  if (process.platform === 'win32') {
    await symlink(resolve(link, '..', target), fresh, 'junction');
    await rm(link, { force: true }); // Windows cannot rename over a junction
  } else await symlink(target, fresh, 'dir');
  try {
    await rename(fresh, link);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/** The name of the folder that a link leads to; `null`: there is no link. */
export async function linkedFolder(link: string): Promise<string | null> {
  try {
    return basename(await readlink(link));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EINVAL') return null;
    throw error;
  }
}

export function currentLink(folder: string): string {
  return join(folder, 'current');
}
