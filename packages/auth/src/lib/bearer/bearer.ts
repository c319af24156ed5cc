import { type Clock, type HttpContext, systemClock } from '@windhover/core';
import { formatQuotedString } from '@windhover/http-semantics';
import { anyText, checkOptions, listOf, type Rules, wholeNumber, withFunctions } from '@windhover/options';
import type { AuthScheme, Refusal, Verdict } from '../auth-scheme.ts';
import { authorizationOf } from '../authorization-field.ts';
import { CredentialCache } from '../credential-cache.ts';
import { optionError } from '../errors.ts';
import type { GoodToken, TokenVerifier } from './token-verifier.ts';

/** Options of `bearer`. */
export interface BearerOptions {
  /** Default: none is sent. */
  readonly realm?: string;
  /** Scopes that a token must have, all of them; without one the answer is 403. Default: none. */
  readonly scopes?: readonly string[];
  /** Longer tokens are refused unread. Default: 8,192 characters. */
  readonly maxLength?: number;
  /** How many good tokens are remembered. Default: 1,000. */
  readonly cacheEntries?: number;
  /** Default: the system's. */
  readonly clock?: Clock;
}

const optionRules: Rules<BearerOptions> = {
  realm: anyText,
  scopes: listOf('scopes', anyText),
  maxLength: wholeNumber(16),
  cacheEntries: wholeNumber(1),
  clock: withFunctions(['now']),
};

/**
 * Bearer tokens in `Authorization` (RFC 6750 §2.1), and nowhere else: URLs end up in logs. Throws
 * `AUTH_OPTION_INVALID`.
 */
export function bearer(verifier: TokenVerifier, options: BearerOptions = {}): AuthScheme {
  checkOptions(options, optionRules, optionError);
  if (typeof verifier?.verify !== 'function') throw optionError('expected a verifier of tokens');
  const { realm, scopes = [], maxLength = 8192, cacheEntries = 1000, clock = systemClock } = options;
  const cache = new CredentialCache<GoodToken>(cacheEntries);
  const under = new Map<string, Promise<Verdict>>();
  const plain = realm === undefined ? 'Bearer' : `Bearer realm=${formatQuotedString(realm)}`;
  const withError = (error: string): string => `${plain}${realm === undefined ? ' ' : ', '}error="${error}"`;
  const challenges = [plain];
  const invalidToken = [withError('invalid_token')];
  const malformed: Refusal = { refused: 'malformed', challenges: invalidToken };
  const insufficient: Refusal = {
    refused: 'scope',
    status: 403,
    challenges: [`${withError('insufficient_scope')}, scope=${formatQuotedString(scopes.join(' '))}`],
  };
  let version = verifier.current?.() ?? 0;

  const judge = (token: GoodToken): Verdict =>
    scopes.every((scope) => token.scopes.includes(scope)) ? token.user : insufficient;
  const verify = async (token: string, key: string): Promise<Verdict> => {
    const before = verifier.current?.() ?? 0;
    const found = await verifier.verify(token);
    if ('refused' in found) return { challenges: invalidToken, ...found };
    if (before === (verifier.current?.() ?? 0)) cache.set(key, found, found.until);
    return judge(found);
  };

  return {
    name: 'bearer',
    challenges: () => challenges,
    authenticate(context: HttpContext) {
      const token = authorizationOf(context, 'bearer');
      if (token === null) return null;
      if (token.length > maxLength) return malformed;
      const now = verifier.current?.() ?? 0;
      if (now !== version) {
        version = now;
        cache.clear();
      }
      const key = cache.keyOf(token);
      const known = cache.get(key, clock.now());
      if (known !== undefined) return judge(known);
      if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(token)) return malformed;
      const same = under.get(key);
      if (same !== undefined) return same;
      const verdict = verify(token, key).finally(() => under.delete(key));
      under.set(key, verdict);
      return verdict;
    },
  };
}
