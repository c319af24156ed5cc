import { readFileSync } from 'node:fs';
import { parseHtpasswd } from '@windhover/auth';

/** Returns why users cannot be read from an htpasswd file, `null` if they can. It shows names, never hashes. */
export function usersFileProblem(path: string): string | null {
  try {
    const { faults } = parseHtpasswd(readFileSync(path, 'utf8'));
    return faults.length === 0 ? null : `expected lines of name:hash in ${path} (${faults.slice(0, 5).join('; ')})`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return `expected a file that exists, as \`windhover users add\` writes it (looked for ${path})`;
    if (code === 'EISDIR') return `expected a file, found a folder (${path})`;
    return `expected a file that this process may read (${code} at ${path})`;
  }
}
