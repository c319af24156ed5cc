import { readFileSync } from 'node:fs';
import { parseHtdigest } from '@windhover/auth';
import { unreadableFile } from './unreadable-file.ts';

/** Returns why users cannot be read from an htdigest file, `null` if they can. It shows names, never hashes. */
export function digestFileProblem(path: string, realm: string): string | null {
  try {
    const { faults, accounts, realms } = parseHtdigest(readFileSync(path, 'utf8'), realm);
    if (faults.length > 0) return `expected lines of name:realm:hash in ${path} (${faults.slice(0, 5).join('; ')})`;
    if (accounts.size > 0 || realms.length === 0) return null;
    const others = realms.slice(0, 5).map((each) => JSON.stringify(each));
    return `expected lines of the realm ${JSON.stringify(realm)} in ${path}, found only ${others.join(', ')}`;
  } catch (error) {
    return unreadableFile(path, error, 'as `htdigest` writes it');
  }
}
