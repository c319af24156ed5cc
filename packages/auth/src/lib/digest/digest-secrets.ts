import * as crypto from 'node:crypto';
import type { User } from '../user.ts';
import type { RoleMembers } from '../users/user-table.ts';

/** The algorithms of Digest that this package knows, as in `Digest`'s `algorithm`. */
export type DigestAlgorithm = 'SHA-256' | 'MD5';

/**
 * What `algorithm` may say in a challenge. With `-sess` the secret is also made of the nonce and the client's own one, so
 * that a service which checks passwords for others need not give out the hash of the password (RFC 7616 §3.4.2).
 */
export type OfferedAlgorithm = DigestAlgorithm | `${DigestAlgorithm}-sess`;

/** A user with what stands for the password. */
export interface DigestAccount {
  readonly user: User;
  /** `H(name:realm:password)` for each algorithm that the user has one for. */
  readonly hashes: Partial<Record<DigestAlgorithm, string>>;
}

/** Lines of an `htdigest` file, by name. */
export interface Htdigest {
  readonly accounts: ReadonlyMap<string, DigestAccount>;
  readonly faults: readonly string[];
  /** The realms of all lines, each once. */
  readonly realms: readonly string[];
}

const nodeNames = { 'SHA-256': 'sha256', MD5: 'md5' } as const;

/** The hash of an algorithm, in hexadecimal. */
export function digestHash(algorithm: DigestAlgorithm, data: string | Uint8Array): string {
  return crypto.hash(nodeNames[algorithm], data as string, 'hex');
}

/** The line of an `htdigest` file for a password. Whoever reads the file can log in with it: keep it secret. */
export function digestLine(
  name: string,
  realm: string,
  password: string,
  algorithm: DigestAlgorithm = 'SHA-256',
): string {
  return `${name}:${realm}:${digestHash(algorithm, `${name}:${realm}:${password}`)}`;
}

/**
 * Parses `name:realm:hash` lines: 32 hexadecimal digits are MD5, 64 are SHA-256. A name may have a line for each. Lines
 * of other realms are left out.
 */
export function parseHtdigest(text: string, realm: string, members: RoleMembers = {}): Htdigest {
  const accounts = new Map<string, DigestAccount>();
  const faults: string[] = [];
  const realms = new Set<string>();
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/\r$/, '');
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, name, written, hash] = /^([^:]+):([^:]*):([0-9a-f]{32}|[0-9a-f]{64})$/.exec(line) ?? [];
    if (name === undefined) {
      faults.push(`line ${index + 1}: expected name:realm:hash with 32 or 64 hexadecimal digits`);
      continue;
    }
    realms.add(written!);
    if (written !== realm) continue;
    const roles = Object.keys(members).filter((role) => members[role]!.includes(name));
    const account = accounts.get(name) ?? {
      user: Object.freeze({ name, ...(roles.length > 0 && { roles }) }),
      hashes: {},
    };
    accounts.set(name, { ...account, hashes: { ...account.hashes, [hash!.length === 32 ? 'MD5' : 'SHA-256']: hash } });
  }
  return { accounts, faults, realms: [...realms] };
}
