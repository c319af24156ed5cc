import { opendirSync, statSync } from 'node:fs';

/** Returns why a folder cannot be served, or `null` if it can. */
export function folderProblem(folder: string): string | null {
  try {
    if (!statSync(folder).isDirectory()) return `expected a folder, found a file (${folder})`;
    opendirSync(folder).closeSync();
    statSync(`${folder}/.`); // entering a folder needs a separate permission
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return `expected a folder that exists (looked for ${folder})`;
    return `expected a folder that this process may read (${code} at ${folder})`;
  }
}
