import type { Stats } from 'node:fs';

/** What something in the file system is that is no regular file. */
export function describeFile(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}
