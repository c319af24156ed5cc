import { statSync } from 'node:fs';

/** Returns why a folder cannot be that of a cache, `null` if it can, or if it is missing: then it is made. */
export function cacheFolderProblem(folder: string): string | null {
  try {
    return statSync(folder).isDirectory() ? null : `expected a folder, found a file (${folder})`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOTDIR' ? `expected a folder, found a file on the way to ${folder}` : null;
  }
}
