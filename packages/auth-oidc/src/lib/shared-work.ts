import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** Does a piece of work once for several servers. The port for stores that servers share. */
export interface SharedWork {
  /**
   * Runs `work` unless another server does or has done it within `keepMs`: then it resolves to that server's result.
   * `null`: another server does it, and has not finished within `waitMs`. Rejects if `work` does; then the next one may try.
   */
  once(key: string, work: () => Promise<string>, times: SharedWorkTimes): Promise<string | null>;
}

/** How long others wait, and how long a result is kept for them. */
export interface SharedWorkTimes {
  readonly waitMs: number;
  readonly keepMs: number;
}

/** The name under which servers share what becomes of a token; it does not tell the token. */
export function workKey(token: string): string {
  return createHash('sha256').update('oidc refresh ').update(token).digest('base64url');
}

/** Encrypts a text so that only those who know the token can read it: a shared store holds no logins in the clear. */
export function sealFor(token: string, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyOf(token), nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** Reads what `sealFor` has made; `null` if it was made by somebody else. */
export function openFor(token: string, sealed: string): string | null {
  const bytes = Buffer.from(sealed, 'base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyOf(token), bytes.subarray(0, 12), { authTagLength: 16 });
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  } catch {
    return null; // too short, or another key
  }
}

function keyOf(token: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', token, '', 'windhover oidc refresh', 32));
}
