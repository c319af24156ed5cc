import { randomFillSync } from 'node:crypto';

/** Filled in one go, because each call into the system costs more than the bytes. */
const pool = Buffer.allocUnsafe(4096);
let used = pool.length;

/** Returns random bytes in hexadecimal digits, not all zero. */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const text = pool.toString('hex', used, used + bytes);
  used += bytes;
  return /^0+$/.test(text) ? randomHex(bytes) : text;
}
