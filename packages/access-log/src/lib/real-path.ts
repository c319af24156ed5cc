import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** The path of a file without symbolic links, so that two spellings of one file are found to be the same. It may be missing. */
export function realPath(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch {
    const folder = dirname(whole); // ENOENT: the file or its folder will be made
    return folder === whole ? whole : join(realPath(folder), basename(whole));
  }
}
