import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Short enough to seem at once, long enough for a tree of thousands of files. */
const checkMs = 250;

/**
 * Calls back when files in the folder, or below it, have changed and it is quiet again. Dependencies and hidden files do not count. It looks, and is
 * not told: what the system tells of files that are replaced, and of folders that are built anew, differs and is not always true.
 */
export function watchFolder(folder: string, changed: () => void): { close(): void } {
  let before = snapshot(folder);
  let isTold = true;
  const timer = setInterval(() => {
    const now = snapshot(folder);
    const isQuiet = now === before;
    before = now;
    if (!isQuiet) isTold = false;
    else if (!isTold && now !== '') {
      isTold = true;
      changed();
    }
  }, checkMs);
  return { close: () => clearInterval(timer) };
}

/** Every file with what changes when it does; '' for a folder that is gone. */
function snapshot(folder: string): string {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return ''; // it is being built anew
  }
  const lines = names.filter(isWatched).map((name) => {
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return '';
    return stats.isDirectory() ? snapshot(path) : `${path} ${stats.ino} ${stats.mtimeMs} ${stats.size}\n`;
  });
  return lines.join('');
}

function isWatched(name: string): boolean {
  return name !== 'node_modules' && !name.startsWith('.') && !name.endsWith('~');
}
