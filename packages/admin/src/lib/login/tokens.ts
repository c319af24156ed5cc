import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AdminRole } from '../api-types.ts';
import { optionError } from '../errors.ts';
import { adminRoles } from '../roles.ts';

/** A token of a program. */
export type AdminToken = {
  /** Who uses it, for the audit log. */
  readonly name: string;
  readonly role: AdminRole;
} & (
  | { readonly token: string; readonly sha256?: undefined }
  /** Its SHA-256 in hexadecimal, so that who reads the configuration cannot use it. */
  | { readonly sha256: string; readonly token?: undefined }
);

/** The shortest token, in characters: a shorter one could be guessed. */
const minLength = 20;

/** The tokens that are good. */
export class TokenTable {
  private readonly entries: readonly { readonly name: string; readonly role: AdminRole; readonly digest: Buffer }[];

  /** Throws `ADMIN_OPTION_INVALID`. */
  constructor(tokens: readonly AdminToken[]) {
    this.entries = tokens.map(({ name, role, token, sha256 }) => {
      if (!adminRoles.includes(role)) throw optionError(`tokens: expected a role of ${adminRoles.join(', ')}`);
      if (token !== undefined && token.length < minLength)
        throw optionError(`tokens: expected a token of at least ${minLength} characters for ${JSON.stringify(name)}`);
      if (token === undefined && !/^[0-9a-f]{64}$/i.test(sha256 ?? ''))
        throw optionError(`tokens: expected 64 hexadecimal digits as the SHA-256 of ${JSON.stringify(name)}`);
      return { name, role, digest: token === undefined ? Buffer.from(sha256!, 'hex') : digestOf(token) };
    });
  }

  /** Compares with every token, in the same time for each. */
  find(token: string): { readonly name: string; readonly role: AdminRole } | null {
    const given = digestOf(token);
    let found: { readonly name: string; readonly role: AdminRole } | null = null;
    for (const entry of this.entries) if (timingSafeEqual(entry.digest, given)) found ??= entry;
    return found;
  }

  get names(): readonly { readonly name: string; readonly role: AdminRole }[] {
    return this.entries.map(({ name, role }) => ({ name, role }));
  }
}

/** A new token, and its SHA-256 for the configuration. */
export function createToken(): { readonly token: string; readonly sha256: string } {
  const token = `wh_${randomBytes(32).toString('base64url')}`;
  return { token, sha256: digestOf(token).toString('hex') };
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
