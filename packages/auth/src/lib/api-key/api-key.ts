import * as crypto from 'node:crypto';
import { anyText, checkOptions, isRecord, type Rules, rule } from '@windhover/options';
import type { AuthScheme, Refusal } from '../auth-scheme.ts';
import { optionError } from '../errors.ts';
import type { User } from '../user.ts';
import type { RoleMembers } from '../users/user-table.ts';

/** Options of `apiKey`. */
export interface ApiKeyOptions {
  /** The field that brings the key; `null`: none does. Default: `X-API-Key`. */
  readonly header?: string | null;
  /** The query parameter that brings it. URLs end up in logs, so prefer the field. Default: none. */
  readonly query?: string;
  /** Roles, each with the names of those who have it. Default: none. */
  readonly roles?: RoleMembers;
}

const optionRules: Rules<ApiKeyOptions> = {
  header: rule('the name of a field, or null', (value) => value === null || /^[A-Za-z0-9-]+$/.test(String(value))),
  query: anyText,
  roles: rule('an object', isRecord),
};

const unknownKey: Refusal = { refused: 'key' };

/** A new key of 256 random bits. Show it once and keep its `hashApiKey`. */
export function createApiKey(): string {
  return crypto.randomBytes(32).toString('base64url');
}

/**
 * What is kept of a key. One round of SHA-256 is enough, since nobody guesses a random key; it would not be for a
 * password.
 */
export function hashApiKey(key: string): string {
  return `sha256:${crypto.hash('sha256', key, 'hex')}`;
}

/**
 * Keys of programs. `hashes` are those of `hashApiKey`, one or several for each name: two while one replaces the other.
 * Throws `AUTH_OPTION_INVALID`.
 */
export function apiKey(
  hashes: Readonly<Record<string, string | readonly string[]>>,
  options: ApiKeyOptions = {},
): AuthScheme {
  checkOptions(options, optionRules, optionError);
  const { header = 'X-API-Key', query, roles = {} } = options;
  if (header === null && query === undefined) throw optionError('expected header or query');
  const users = usersByHash(hashes, roles);
  const field = header?.toLowerCase() ?? null;
  return {
    name: 'apiKey',
    challenges: () => [],
    authenticate({ request }) {
      const sent = field === null ? undefined : request.headers.get(field);
      const key = sent ?? (query === undefined ? undefined : parameterOf(request.query, query));
      if (key === undefined) return null;
      return (key.length <= 1024 ? users.get(hashApiKey(key)) : undefined) ?? unknownKey;
    },
  };
}

function usersByHash(
  hashes: Readonly<Record<string, string | readonly string[]>>,
  members: RoleMembers,
): ReadonlyMap<string, User> {
  const users = new Map<string, User>();
  for (const [name, written] of Object.entries(hashes)) {
    const roles = Object.keys(members).filter((role) => members[role]!.includes(name));
    const user = Object.freeze(roles.length === 0 ? { name } : { name, roles });
    for (const hash of [written].flat()) {
      if (!/^sha256:[0-9a-f]{64}$/.test(hash))
        throw optionError(`${name}: expected sha256: and 64 hexadecimal digits, found something else`);
      if (users.has(hash)) throw optionError(`${name}: ${users.get(hash)!.name} has the same key`);
      users.set(hash, user);
    }
  }
  if (users.size === 0) throw optionError('expected the hash of a key');
  return users;
}

/** The value of a parameter that is there once. */
function parameterOf(query: string | null, name: string): string | undefined {
  if (query === null || !query.includes(name)) return undefined;
  const values = new URLSearchParams(query).getAll(name);
  return values.length < 2 ? values[0] : values.join(); // two keys are none
}
