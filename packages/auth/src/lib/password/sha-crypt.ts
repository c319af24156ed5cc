import { createHash } from 'node:crypto';
import { cryptBase64 } from './crypt-base64.ts';

/** The method of `crypt(3)`: SHA-256 writes `$5$`, SHA-512 writes `$6$`. */
export type ShaCryptId = '5' | '6';

const methods = {
  '5': { algorithm: 'sha256', size: 32, order: sha256Order() },
  '6': { algorithm: 'sha512', size: 64, order: sha512Order() },
} as const;

/**
 * The digest part of a SHA-crypt hash (U. Drepper, "Unix crypt using SHA-256 and SHA-512"). `salt` has 16 characters at
 * most. The steps are numbered as in that text.
 */
export function shaCrypt(id: ShaCryptId, password: string, salt: string, rounds: number): string {
  const { algorithm, size, order } = methods[id];
  const key = Buffer.from(password);
  const saltBytes = Buffer.from(salt);
  const hash = (...parts: Uint8Array[]): Buffer => createHash(algorithm).update(Buffer.concat(parts)).digest();

  const alternate = hash(key, saltBytes, key); // 4–8
  const bits: Uint8Array[] = []; // 11
  for (let left = key.length; left > 0; left >>= 1) bits.push((left & 1) === 1 ? alternate : key);
  let digest = hash(key, saltBytes, repeat(alternate, key.length), ...bits); // 1–12
  const p = repeat(hash(...new Array<Uint8Array>(key.length).fill(key)), key.length); // 13–16
  const s = repeat(hash(...new Array<Uint8Array>(16 + digest[0]!).fill(saltBytes)), saltBytes.length); // 17–20
  for (let round = 0; round < rounds; round++) {
    const isOdd = (round & 1) === 1; // 21
    const parts: Uint8Array[] = [isOdd ? p : digest];
    if (round % 3 !== 0) parts.push(s);
    if (round % 7 !== 0) parts.push(p);
    parts.push(isOdd ? digest : p);
    digest = hash(...parts);
  }
  return cryptBase64(digest, order, size); // 22
}

function repeat(bytes: Buffer, length: number): Buffer {
  return length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, bytes);
}

/** The groups of three bytes in the order in which they are written; -1 stands for a zero byte. */
function sha256Order(): readonly number[] {
  const order: number[] = [];
  for (let a = 0, b = 10, c = 20, group = 0; group < 10; group++) {
    order.push(a, b, c);
    [a, b, c] = [c + 1, a + 1, b + 1];
  }
  return [...order, -1, 31, 30];
}

function sha512Order(): readonly number[] {
  const order: number[] = [];
  for (let a = 0, b = 21, c = 42, group = 0; group < 21; group++) {
    order.push(a, b, c);
    [a, b, c] = [b + 1, c + 1, a + 1];
  }
  return [...order, -1, -1, 63];
}
