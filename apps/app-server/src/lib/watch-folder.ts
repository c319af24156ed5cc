import { fstatSync, lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

/** Short enough to seem immediate, long enough for a tree of thousands of files. */
const checkMs = 250;

/**
 * Calls back when files in or below the folder have changed and no further changes follow. Dependencies, hidden files and the output files
 * of this process do not count. It polls, because the system's notifications for replaced files and rebuilt folders differ between
 * platforms and are not reliable.
 *
 * @param since a result of `folderState`: changes after it count. Default: changes from now on
 */
export function watchFolder(folder: string, changed: () => void, since = folderState(folder)): { close(): void } {
  let before = since;
  let isTold = true;
  const timer = setInterval(() => {
    const now = folderState(folder);
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

/** Lists every file with the facts that change when the file does; '' for a missing folder. */
export function folderState(folder: string): string {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return ''; // the folder is being rebuilt
  }
  const lines = names.filter(isWatched).map((name) => {
    const path = join(folder, name);
    const link = look(path, lstatSync);
    if (link?.isDirectory() === true) return folderState(path);
    // A link may lead anywhere, even back to this folder, so the content of a linked folder does not count.
    const stats = link?.isSymbolicLink() === true ? look(path, statSync) : link;
    if (stats === null || stats.isDirectory() || isOutput(stats)) return '';
    return `${path} ${stats.ino} ${stats.mtimeMs} ${stats.size}\n`;
  });
  return lines.join('');
}

function look(path: string, stat: (path: string) => Stats): Stats | null {
  try {
    return stat(path);
  } catch {
    return null; // the file is gone by now, or the link is broken
  }
}

function isWatched(name: string): boolean {
  return name !== 'node_modules' && !name.startsWith('.') && !name.endsWith('~');
}

/** Whether a file is this process's output, as with `> app.log` in the same folder: each restart writes to it. */
function isOutput({ dev, ino }: Stats): boolean {
  return outputs().some((output) => output.dev === dev && output.ino === ino);
}

let known: readonly Stats[] | null = null;

function outputs(): readonly Stats[] {
  known ??= [1, 2].flatMap((descriptor) => {
    try {
      const stats = fstatSync(descriptor);
      return stats.isFile() ? [stats] : [];
    } catch {
      return []; // the descriptor is closed
    }
  });
  return known;
}
