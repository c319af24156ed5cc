/** The kinds of hashes that `htpasswd` files may hold. */
export type PasswordHashKind = 'bcrypt' | 'argon2id' | 'sha256' | 'sha512' | 'apr1';

const patterns: readonly (readonly [PasswordHashKind, RegExp])[] = [
  ['bcrypt', /^\$2[aby]\$(?:0[4-9]|1[0-9]|2[0-4])\$[./A-Za-z0-9]{53}$/],
  [
    'argon2id',
    /^\$argon2id\$v=19\$m=[1-9][0-9]{0,6},t=[1-9][0-9]{0,2},p=[1-9][0-9]?\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{16,}$/,
  ],
  ['sha256', /^\$5\$(?:rounds=[1-9][0-9]{3,8}\$)?[^$:\n]{0,16}\$[./A-Za-z0-9]{43}$/],
  ['sha512', /^\$6\$(?:rounds=[1-9][0-9]{3,8}\$)?[^$:\n]{0,16}\$[./A-Za-z0-9]{86}$/],
  ['apr1', /^\$apr1\$[^$:\n]{0,8}\$[./A-Za-z0-9]{22}$/],
];

/** The kind of a hash; `null` for anything else, such as a password in the clear or the unsalted `{SHA}`. */
export function passwordHashKind(hash: string): PasswordHashKind | null {
  if (hash.length > 512) return null;
  return patterns.find(([, pattern]) => pattern.test(hash))?.[0] ?? null;
}
