import { timingSafeEqual } from 'node:crypto';
import { apr1 } from './apr1.ts';
import { passwordHashKind } from './password-hash.ts';
import { type ShaCryptId, shaCrypt } from './sha-crypt.ts';

/** bcrypt reads no more; `htpasswd` cuts longer passwords off, so it has to be done here too. */
const bcryptBytes = 72;

/**
 * Whether a password belongs to a hash. Takes up to hundreds of milliseconds of CPU time, so call it in a thread of its
 * own: `createPasswordPool` does. False for a hash of no known kind, and for an empty password.
 */
export async function checkPassword(password: string, hash: string): Promise<boolean> {
  const kind = passwordHashKind(hash);
  if (kind === null || password === '') return false;
  if (kind === 'bcrypt')
    return (await hashWasm()).bcryptVerify({ password: Buffer.from(password).subarray(0, bcryptBytes), hash });
  if (kind === 'argon2id') return (await hashWasm()).argon2Verify({ password, hash });
  const [, id, ...parts] = hash.split('$') as [string, string, ...string[]];
  const digest = parts.at(-1)!;
  const salt = parts.at(-2)!;
  const rounds = parts.length === 3 ? Number(parts[0]!.slice('rounds='.length)) : 5000; // the default of crypt(3)
  return isEqual(digest, kind === 'apr1' ? apr1(password, salt) : shaCrypt(id as ShaCryptId, password, salt, rounds));
}

/** Loaded when it is needed: it is half a megabyte, and most programs check no passwords. */
function hashWasm() {
  return import('hash-wasm');
}

function isEqual(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
