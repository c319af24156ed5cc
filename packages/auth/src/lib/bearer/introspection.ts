import { type Clock, systemClock } from '@windhover/core';
import {
  anyText,
  checkOptions,
  milliseconds,
  type Rules,
  rule,
  trueOrFalse,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
import type { Refusal } from '../auth-scheme.ts';
import { authError, optionError } from '../errors.ts';
import { fetchJson, type Lookup } from '../fetch/fetch-text.ts';
import { scopesOf, type UserClaims, userOfClaims } from './token-user.ts';
import type { GoodToken, TokenVerifier } from './token-verifier.ts';

/** Options of `introspection`. */
export interface IntrospectionOptions extends UserClaims {
  /** The endpoint. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Whom the token must be for: one of its `aud`. Default: anybody, since the endpoint knows who asks. */
  readonly audience?: string;
  /** How long a good token is remembered, at most: a revoked one is good for so long. Default: 30,000. */
  readonly cacheMs?: number;
  /** How many questions may be under way; more tokens get 503. Default: 100. */
  readonly maxUnderWay?: number;
  /** How long the endpoint may take. Default: 5,000. */
  readonly timeoutMs?: number;
  /** Whether `url` may lead to an inner network, and be plain http. Default: false. */
  readonly allowInner?: boolean;
  /** Authorities that sign the endpoint's certificate, PEM. Default: those that come with Node. */
  readonly ca?: string;
  readonly clock?: Clock;
  readonly lookup?: Lookup;
}

const optionRules: Rules<IntrospectionOptions> = {
  url: rule('a URL', (value) => typeof value === 'string' && URL.canParse(value)),
  clientId: anyText,
  clientSecret: anyText,
  audience: anyText,
  cacheMs: milliseconds('from 0 on'),
  maxUnderWay: wholeNumber(1),
  timeoutMs: milliseconds('above 0'),
  allowInner: trueOrFalse,
  ca: anyText,
  nameClaim: anyText,
  rolesClaim: anyText,
  clock: withFunctions(['now', 'schedule']),
  lookup: rule('a function', (value) => typeof value === 'function'),
};

/** Asks the issuer about opaque tokens (RFC 7662). Throws `AUTH_OPTION_INVALID`. */
export function introspection(options: IntrospectionOptions): TokenVerifier {
  checkOptions(options, optionRules, optionError);
  const { url, clientId, clientSecret, audience, cacheMs = 30_000, clock = systemClock } = options;
  if (url === undefined || clientId === undefined || clientSecret === undefined)
    throw optionError('expected url, clientId and clientSecret');
  const { timeoutMs, maxUnderWay = 100, allowInner = false, ca, lookup, ...names } = options;
  const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`; // RFC 6749 §2.3.1
  const headers = { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
  const endpoint = new URL(url);
  let underWay = 0;
  return {
    async verify(token): Promise<GoodToken | Refusal> {
      const form = new URLSearchParams({ token, token_type_hint: 'access_token' });
      if (underWay >= maxUnderWay) throw authError('AUTH_BUSY', 'the service for logging in has enough to do');
      underWay += 1;
      const claims = await fetchJson(endpoint, {
        allowsInner: allowInner,
        form,
        headers,
        timeoutMs,
        ca,
        clock,
        lookup,
      }).finally(() => {
        underWay -= 1;
      });
      if (claims['active'] !== true) return { refused: 'inactive' };
      const { exp } = claims;
      const expiresAt = typeof exp === 'number' ? exp * 1000 : Number.POSITIVE_INFINITY;
      if (expiresAt <= clock.now()) return { refused: 'expired' };
      if (audience !== undefined && ![claims['aud']].flat().includes(audience)) return { refused: 'claim' };
      const user = userOfClaims(claims, names);
      if (user === null) return { refused: 'name' };
      return { user, scopes: scopesOf(claims), until: Math.min(clock.now() + cacheMs, expiresAt) };
    },
  };
}
