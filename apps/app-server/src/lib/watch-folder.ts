import { fstatSync, lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

/** Short enough to seem at once, long enough for a tree of thousands of files. */
const checkMs = 250;

/**
 * Calls back when files in the folder, or below it, have changed and it is quiet again. Dependencies and hidden files do not count, nor those that
 * this process writes its output into. It looks, and is not told: what the system tells of files that are replaced, and of folders that are built
 * anew, differs and is not always true.
 *
 * @param since what `folderState` gave: changes after that count. Default: those from now on.
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

/** Every file with what changes when it does; '' for a folder that is gone. */
export function folderState(folder: string): string {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return ''; // it is being built anew
  }
  const lines = names.filter(isWatched).map((name) => {
    const path = join(folder, name);
    const link = look(path, lstatSync);
    if (link?.isDirectory() === true) return folderState(path);
    // A link may lead anywhere, back to this folder too: what is in a linked folder does not count.
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
    return null; // it is gone meanwhile, or a link that leads nowhere
  }
}

function isWatched(name: string): boolean {
  return name !== 'node_modules' && !name.startsWith('.') && !name.endsWith('~');
}

/** `> app.log` in the same folder: starting anew writes into it. */
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
      return []; // it is closed
    }
  });
  return known;
}
