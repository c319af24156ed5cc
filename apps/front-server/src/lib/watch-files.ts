import { type StatsListener, unwatchFile, watchFile } from 'node:fs';

/** How often files are looked at, in milliseconds. Looking works for every kind of disk, and for files that are replaced by a rename. */
const intervalMs = 1000;

/** Calls `onChange` when one of the files has changed. `follow` asks for them again. */
export function watchFiles(files: () => readonly string[], onChange: () => void): { follow(): void; close(): void } {
  let watched: readonly string[] = [];
  const changed: StatsListener = (now, before) => {
    if (now.mtimeMs === before.mtimeMs && now.size === before.size && now.ino === before.ino) return;
    onChange();
  };
  const follow = (): void => {
    const next = files();
    for (const file of watched) if (!next.includes(file)) unwatchFile(file, changed);
    for (const file of next)
      if (!watched.includes(file)) watchFile(file, { interval: intervalMs, persistent: false }, changed);
    watched = next;
  };
  follow();
  return {
    follow,
    close() {
      for (const file of watched) unwatchFile(file, changed);
    },
  };
}
