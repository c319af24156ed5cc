import { randomBytes } from 'node:crypto';
import { optionError } from '../errors.ts';
import { shaCrypt } from './sha-crypt.ts';

/** The kinds that new hashes may have. */
export type NewPasswordHashKind = 'bcrypt' | 'argon2id' | 'sha512';

/**
 * Hashes a password for an `htpasswd` file: `bcrypt` with cost 12, which every server reads; `argon2id` with 19 MiB and
 * 2 passes (OWASP's first choice), which Apache and nginx do not read; `sha512` with 100,000 rounds, which nginx reads
 * through `crypt(3)`. Throws `AUTH_OPTION_INVALID` for an empty password, and for one that bcrypt would cut off.
 */
export async function hashPassword(password: string, kind: NewPasswordHashKind = 'bcrypt'): Promise<string> {
  if (password === '') throw optionError('the password is empty');
  if (kind === 'argon2id') {
    const { argon2id } = await import('hash-wasm');
    const cost = { parallelism: 1, iterations: 2, memorySize: 19_456, hashLength: 32 };
    return argon2id({ password, salt: randomBytes(16), ...cost, outputType: 'encoded' });
  }
  if (kind === 'sha512') {
    const salt = randomBytes(12).toString('base64').replaceAll('+', '.');
    return `$6$rounds=100000$${salt}$${shaCrypt('6', password, salt, 100_000)}`;
  }
  if (Buffer.byteLength(password) > 72)
    throw optionError('bcrypt reads 72 bytes of a password, and this one is longer: use argon2id');
  const { bcrypt } = await import('hash-wasm');
  // htpasswd and nginx write and read the variant y.
  const hash = await bcrypt({ password, salt: randomBytes(16), costFactor: 12, outputType: 'encoded' });
  return hash.replace(/^\$2[ab]\$/, '$2y$');
}
