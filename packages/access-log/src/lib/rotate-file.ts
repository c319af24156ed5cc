import { rename, rm, stat } from 'node:fs/promises';

/**
 * Renames `path` to `path.1`, `path.1` to `path.2` and so on, and removes those beyond `keep`. Whoever has the file open
 * goes on writing into it under its new name.
 */
export async function rotateFile(path: string, keep: number): Promise<void> {
  let free = 1;
  while (await exists(`${path}.${free}`)) free += 1;
  for (; free > keep; free--) await rm(`${path}.${free - 1}`); // the last is removed, and its number is free
  for (let number = free; number > 1; number--) await rename(`${path}.${number - 1}`, `${path}.${number}`);
  try {
    await rename(path, `${path}.1`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // another program has renamed it
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
