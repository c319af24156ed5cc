import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Returns why lines cannot be written to a file, `null` if they can. The file and its folders may be missing. Opens nothing. */
export function fileProblem(path: string): string | null {
  try {
    if (statSync(path).isDirectory()) return `expected a file, found a folder (${path})`;
    accessSync(path, constants.W_OK);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return `expected a folder before the name of the file (${path})`;
    if (code !== 'ENOENT') return `expected a file that this process may write (${code} at ${path})`;
  }
  return folderProblem(dirname(path));
}

/** The nearest folder that exists must take new entries: those between it and the file are made. */
function folderProblem(folder: string): string | null {
  try {
    if (!statSync(folder).isDirectory()) return `expected a folder, found a file (${folder})`;
    accessSync(folder, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && dirname(folder) !== folder) return folderProblem(dirname(folder));
    if (code === 'ENOTDIR') return `expected a folder, found a file on the way to ${folder}`;
    return `expected a folder that this process may write to (${code} at ${folder})`;
  }
}
