import { readFileSync } from 'node:fs';
import { keytabPrincipals } from '@windhover/auth-negotiate';
import { unreadableFile } from './unreadable-file.ts';

/** Returns why a keytab cannot be used, `null` if it can. It shows the names of principals, never keys. */
export function keytabProblem(path: string, service: string): string | null {
  let principals: readonly string[] | null;
  try {
    principals = keytabPrincipals(readFileSync(path));
  } catch (error) {
    return unreadableFile(path, error, 'as `ktutil` or `kadmin ktadd` writes it');
  }
  if (principals === null) return `expected a keytab, found a file of another kind (${path})`;
  if (principals.some((each) => each.startsWith(`${service}/`))) return null;
  const found = principals.length === 0 ? 'none' : principals.slice(0, 5).join(', ');
  return `expected a key of ${service}/host in ${path}, found ${found}`;
}
