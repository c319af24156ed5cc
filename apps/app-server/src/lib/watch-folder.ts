import { watch } from 'node:fs';
import { sep } from 'node:path';

/** Editors write a file in several steps, and tools several files. */
const quietMs = 100;

/** Calls back when files in the folder, or below it, have changed and it is quiet again. Dependencies and hidden files do not count. */
export function watchFolder(folder: string, changed: () => void): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(folder, { recursive: true }, (_event, file) => {
    if (file === null || isIgnored(file)) return;
    clearTimeout(timer);
    timer = setTimeout(changed, quietMs);
  });
  watcher.on('error', () => undefined); // a folder that was removed changes no more
  return {
    close() {
      clearTimeout(timer);
      watcher.close();
    },
  };
}

function isIgnored(file: string): boolean {
  return file.split(sep).some((part) => part === 'node_modules' || part.startsWith('.') || part.endsWith('~'));
}
