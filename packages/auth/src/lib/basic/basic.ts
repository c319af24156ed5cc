import { type Clock, type HttpContext, systemClock } from '@windhover/core';
import { formatQuotedString } from '@windhover/http-semantics';
import { anyText, checkOptions, milliseconds, type Rules, wholeNumber, withFunctions } from '@windhover/options';
import type { AuthScheme, Refusal } from '../auth-scheme.ts';
import { authorizationOf } from '../authorization-field.ts';
import { CredentialCache } from '../credential-cache.ts';
import { optionError } from '../errors.ts';
import type { User } from '../user.ts';
import type { UserSource } from '../users/user-source.ts';
import { parseBasic } from './parse-basic.ts';

/** Says who has that name and password; `null` if nobody has. It must take as long for unknown names as for wrong passwords. */
export type VerifyPassword = UserSource['verify'];

/** Options of `basic`. */
export interface BasicOptions {
  /** What browsers show when they ask. Default: `Login`. */
  readonly realm?: string;
  /**
   * How long good credentials are remembered, so that not every request costs a hash. Default: 60,000: a changed file is
   * seen within a second anyway. 0: never.
   */
  readonly cacheMs?: number;
  /** How many are remembered. Default: 1,000. */
  readonly cacheEntries?: number;
  /** Default: the system's. */
  readonly clock?: Clock;
}

const optionRules: Rules<BasicOptions> = {
  realm: anyText,
  cacheMs: milliseconds('from 0 on'),
  cacheEntries: wholeNumber(1),
  clock: withFunctions(['now']),
};

const wrongPassword: Refusal = { refused: 'password' };
const malformed: Refusal = { refused: 'malformed' };

/**
 * HTTP Basic (RFC 7617): a name and a password with every request. Use it over TLS only, since anybody on the way can
 * read them. `users` are accounts, or a function. Throws `AUTH_OPTION_INVALID`.
 */
export function basic(users: UserSource | VerifyPassword, options: BasicOptions = {}): AuthScheme {
  checkOptions(options, optionRules, optionError);
  const source = typeof users === 'function' ? { verify: users, current: () => 0 } : users;
  if (typeof source?.verify !== 'function') throw optionError('users: expected accounts or a function');
  const { realm = 'Login', cacheMs = 60_000, cacheEntries = 1000, clock = systemClock } = options;
  const cache = new CredentialCache<User>(cacheMs === 0 ? 0 : cacheEntries);
  const pending = new Map<string, Promise<User | Refusal>>();
  const challenges = [`Basic realm=${formatQuotedString(realm)}, charset="UTF-8"`];
  let version = source.current();

  const verify = async (encoded: string, key: string, client: string): Promise<User | Refusal> => {
    const credentials = parseBasic(encoded);
    if (credentials === null) return malformed;
    const before = source.current();
    const user = await source.verify(credentials.name, credentials.password, client);
    if (user === null) return wrongPassword;
    if (source.current() === before) cache.set(key, user, clock.now() + cacheMs);
    return user;
  };

  return {
    name: 'basic',
    keeps: ['basic'],
    challenges: () => challenges,
    authenticate(context: HttpContext) {
      const encoded = authorizationOf(context, 'basic');
      if (encoded === null) return null;
      if (version !== source.current()) {
        version = source.current();
        cache.clear();
      }
      const key = cache.keyOf(encoded);
      const known = cache.get(key, clock.now());
      if (known !== undefined) return known;
      // A browser sends several requests at once: one check answers them all.
      const under = pending.get(key);
      if (under !== undefined) return under;
      const verdict = verify(encoded, key, context.client.address).finally(() => pending.delete(key));
      pending.set(key, verdict);
      return verdict;
    },
  };
}
