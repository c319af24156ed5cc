import type { Stats } from 'node:fs';

/** Names the kind of a file system entry that is not a regular file. */
export function describeFile(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}
