import { readFileSync } from 'node:fs';
import { parseHtpasswd } from '@windhover/auth';
import { unreadableFile } from './unreadable-file.ts';

/** Returns why users cannot be read from an htpasswd file, `null` if they can. It shows names, never hashes. */
export function usersFileProblem(path: string): string | null {
  try {
    const { faults } = parseHtpasswd(readFileSync(path, 'utf8'));
    return faults.length === 0 ? null : `expected lines of name:hash in ${path} (${faults.slice(0, 5).join('; ')})`;
  } catch (error) {
    return unreadableFile(path, error, 'as `windhover users add` writes it');
  }
}
