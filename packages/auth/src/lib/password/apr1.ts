import { createHash } from 'node:crypto';
import { cryptBase64 } from './crypt-base64.ts';

const order = [0, 6, 12, 1, 7, 13, 2, 8, 14, 3, 9, 15, 4, 10, 5, -1, -1, 11];

/** The digest part of Apache's `$apr1$` hash: MD5-crypt with a magic of its own. `salt` has 8 characters at most. */
export function apr1(password: string, salt: string): string {
  const key = Buffer.from(password);
  const saltBytes = Buffer.from(salt);
  const hash = (...parts: Uint8Array[]): Buffer => createHash('md5').update(Buffer.concat(parts)).digest();

  const alternate = hash(key, saltBytes, key);
  const bits: Uint8Array[] = [];
  const first = key.subarray(0, 1);
  for (let left = key.length; left > 0; left >>= 1) bits.push((left & 1) === 1 ? Buffer.alloc(1) : first);
  const filled = key.length === 0 ? key : Buffer.alloc(key.length, alternate);
  let digest = hash(key, Buffer.from('$apr1$'), saltBytes, filled, ...bits);
  for (let round = 0; round < 1000; round++) {
    const isOdd = (round & 1) === 1;
    const parts: Uint8Array[] = [isOdd ? key : digest];
    if (round % 3 !== 0) parts.push(saltBytes);
    if (round % 7 !== 0) parts.push(key);
    parts.push(isOdd ? digest : key);
    digest = hash(...parts);
  }
  return cryptBase64(digest, order, 16);
}
