import type { Stats } from 'node:fs';
import type { FileFacts } from './file-system.ts';

/** `null` for what is neither a file nor a folder. */
export function statsToFacts(name: string, stats: Stats): FileFacts | null {
  const kind = stats.isDirectory() ? 'folder' : stats.isFile() ? 'file' : null;
  if (kind === null) return null;
  const { size, mtimeMs, mode, dev, ino } = stats;
  return {
    name,
    kind,
    size,
    modifiedMs: mtimeMs,
    mode: mode & 0o777,
    unique: `${dev.toString(16)}g${ino.toString(16)}`,
  };
}
