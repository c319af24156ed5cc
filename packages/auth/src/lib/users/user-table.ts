import type { PasswordPool } from '../password/password-pool.ts';
import type { User } from '../user.ts';

/** The users of one reading of their source. */
export interface UserTable {
  verify(name: string, password: string, client: string): Promise<User | null>;
  find(name: string): User | null;
  names(): readonly string[];
}

/** Roles, each with the names of those who have it. */
export type RoleMembers = Readonly<Record<string, readonly string[]>>;

interface Account {
  readonly user: User;
  readonly hash: string;
}

/**
 * Creates a table from names with hashes. The password for an unknown name is checked too, against the hash of somebody
 * else, so that time does not tell which names exist.
 */
export function createUserTable(
  entries: ReadonlyMap<string, string>,
  members: RoleMembers,
  pool: PasswordPool,
): UserTable {
  const accounts = new Map<string, Account>();
  for (const [name, hash] of entries) {
    const roles = Object.keys(members).filter((role) => members[role]!.includes(name));
    accounts.set(name, { hash, user: Object.freeze(roles.length === 0 ? { name } : { name, roles }) });
  }
  const dummy = usualHash([...entries.values()]);
  return {
    find: (name) => accounts.get(name)?.user ?? null,
    names: () => [...accounts.keys()],
    async verify(name, password, client) {
      const account = accounts.get(name);
      const hash = account?.hash ?? dummy;
      if (hash === undefined) return null;
      const isRight = await pool.check(password, hash, client);
      return isRight && account !== undefined ? account.user : null;
    },
  };
}

/** A hash of the kind and cost that most accounts have. */
function usualHash(hashes: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const hash of hashes) counts.set(costOf(hash), (counts.get(costOf(hash)) ?? 0) + 1);
  const [usual] = [...counts].sort(([, one], [, other]) => other - one)[0] ?? [];
  return hashes.find((hash) => costOf(hash) === usual);
}

/** What stands before the salt: `$2y$12$`, `$argon2id$v=19$m=19456,t=2,p=1$`, `$6$rounds=5000$`. */
function costOf(hash: string): string {
  return /^\$(?:2.\$\d+|argon2id\$v=19\$[^$]+|[56]\$rounds=\d+|[^$]+)\$/.exec(hash)?.[0] ?? '';
}
