import { randomBytes } from 'node:crypto';
import { lstat, readdir, readlink, rename, rm, rmdir, symlink } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { adminError } from '../errors.ts';

/** Lets `link` lead to `target`, a folder beside it, so that there is no moment in which it leads nowhere. */
export async function switchLink(link: string, target: string): Promise<void> {
  const { isEmptyFolder } = await expectLink(link);
  const fresh = `${link}.${randomBytes(6).toString('hex')}`;
  if (process.platform === 'win32') {
    await symlink(resolve(link, '..', target), fresh, 'junction');
    await rm(link, { force: true }); // Windows cannot rename over a junction
  } else await symlink(target, fresh, 'dir');
  try {
    if (isEmptyFolder) await rmdir(link); // which fails if somebody has put a file there meanwhile
    await rename(fresh, link);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/** Throws `ADMIN_REFUSED` if a link cannot be there, since a file or a folder of somebody is. An empty folder may be replaced. */
export async function expectLink(link: string): Promise<{ readonly isEmptyFolder: boolean }> {
  const present = await lstat(link).catch(() => null); // usually there is one
  if (present === null || present.isSymbolicLink()) return { isEmptyFolder: false };
  if (present.isDirectory() && (await readdir(link)).length === 0) return { isEmptyFolder: true };
  const what = present.isDirectory() ? 'a folder with files' : 'a file';
  throw adminError('ADMIN_REFUSED', `${link} is ${what}, and must be a link to a version: move it away`);
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
