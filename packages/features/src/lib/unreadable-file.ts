/**
 * Why a file cannot be read, for a message.
 *
 * @param written how such a file comes to be
 */
export function unreadableFile(path: string, error: unknown, written: string): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return `expected a file that exists, ${written} (looked for ${path})`;
  if (code === 'EISDIR') return `expected a file, found a folder (${path})`;
  return `expected a file that this process may read (${code} at ${path})`;
}
