import { optionError } from '../errors.ts';
import { passwordHashKind } from '../password/password-hash.ts';
import { type PasswordPool, sharedPasswordPool } from '../password/password-pool.ts';
import type { UserSource } from './user-source.ts';
import { createUserTable, type RoleMembers } from './user-table.ts';

/**
 * Users written in place: names with the hashes of their passwords, as in an `htpasswd` file. Throws
 * `AUTH_OPTION_INVALID` for a hash that is none.
 */
export function listUsers(
  hashes: Readonly<Record<string, string>>,
  options: { readonly roles?: RoleMembers; readonly pool?: PasswordPool } = {},
): UserSource {
  const { roles = {}, pool = sharedPasswordPool() } = options;
  for (const [name, hash] of Object.entries(hashes)) {
    if (name === '' || name.includes(':')) throw optionError(`${JSON.stringify(name)} cannot be the name of a user`);
    if (typeof hash !== 'string' || passwordHashKind(hash) === null)
      throw optionError(`${name}: expected a hash (bcrypt, argon2id, SHA-crypt or apr1), found something else`);
  }
  return { ...createUserTable(new Map(Object.entries(hashes)), roles, pool), current: () => 0 };
}
