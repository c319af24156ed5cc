import { type Clock, type Logger, systemClock } from '@windhover/core';
import {
  anyObject,
  anyText,
  checkOptions,
  listOf,
  milliseconds,
  type Rules,
  rule,
  trueOrFalse,
  withFunctions,
} from '@windhover/options';
import type { JSONWebKeySet, JWTPayload } from 'jose';
import type { Refusal } from '../auth-scheme.ts';
import { optionError } from '../errors.ts';
import type { Lookup } from '../fetch/fetch-text.ts';
import { discoverKeys } from './discover-keys.ts';
import { type KeySet, RemoteKeySet } from './key-set.ts';
import { scopesOf, type UserClaims, userOfClaims } from './token-user.ts';
import type { GoodToken, TokenVerifier } from './token-verifier.ts';

/** Options of `jwt`. One of `keys`, `jwksUrl` and `secret` says where keys come from; default: discovery at the issuer. */
export interface JwtOptions extends UserClaims {
  /** Who must have issued the token: its `iss`, exactly. */
  readonly issuer: string;
  /** Whom the token must be for: one of its `aud`. */
  readonly audience: string | readonly string[];
  /** The algorithms that are allowed. Default: RS256, PS256, ES256 and EdDSA; HS256 with `secret`. */
  readonly algorithms?: readonly string[];
  /** Public keys, as a JSON Web Key Set. */
  readonly keys?: JSONWebKeySet;
  /** Where such a set is fetched from. */
  readonly jwksUrl?: string;
  /** A secret that is shared with the issuer, 32 bytes or more. */
  readonly secret?: string | Uint8Array;
  /** How far clocks may differ, for `exp` and `nbf`. Default: 5,000. */
  readonly leewayMs?: number;
  /** How long a good token is remembered, at most: not longer than it is valid. Default: 60,000. */
  readonly cacheMs?: number;
  /**
   * Whether `issuer` and `jwksUrl` may lead to an inner network, and be plain http. What they refer to on another host never may. Default:
   * false.
   */
  readonly allowInner?: boolean;
  /** Authorities that sign the issuer's certificate, PEM. Default: those that come with Node. */
  readonly ca?: string;
  readonly clock?: Clock;
  /** Is told when keys cannot be fetched. Default: nobody. */
  readonly log?: Pick<Logger, 'error'>;
  /** Finds the addresses of names. Default: the system's resolver. */
  readonly lookup?: Lookup;
}

const audiences = rule('a text or a list of texts', (value) =>
  (Array.isArray(value) ? value : [value]).every((each) => typeof each === 'string' && each !== ''),
);

const optionRules: Rules<JwtOptions> = {
  issuer: anyText,
  audience: audiences,
  algorithms: listOf('algorithms', anyText),
  keys: anyObject,
  jwksUrl: anyText,
  secret: rule(
    '32 bytes or more',
    (value) => byteLength(value) >= 32,
    () => 'something else',
  ),
  leewayMs: milliseconds('from 0 on'),
  cacheMs: milliseconds('from 0 on'),
  allowInner: trueOrFalse,
  ca: anyText,
  nameClaim: anyText,
  rolesClaim: anyText,
  clock: withFunctions(['now', 'schedule']),
  log: withFunctions(['error']),
  lookup: rule('a function', (value) => typeof value === 'function'),
};

const asymmetric = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const symmetric = ['HS256', 'HS384', 'HS512'];

/**
 * Verifies JSON Web Tokens with jose: signature by an allowed algorithm, issuer, audience, and times; a token without
 * `exp` is refused. Keys that rotate are fetched when a token names one that is not known, once in 30 s at most. Throws
 * `AUTH_OPTION_INVALID`.
 */
export function jwt(options: JwtOptions): TokenVerifier {
  checkOptions(options, optionRules, optionError);
  const {
    issuer,
    audience,
    secret,
    leewayMs = 5000,
    cacheMs = 60_000,
    clock = systemClock,
    nameClaim,
    rolesClaim,
  } = options;
  if (issuer === undefined || audience === undefined) throw optionError('expected issuer and audience');
  const algorithms = allowedAlgorithms(options);
  const keys: KeySet | null = secret === undefined ? keysOf(options, clock) : null;
  const secretBytes = typeof secret === 'string' ? Buffer.from(secret) : secret;
  const names = {
    ...(nameClaim === undefined ? {} : { nameClaim }),
    ...(rolesClaim === undefined ? {} : { rolesClaim }),
  };
  const find: KeySet['find'] = (header, token) => keys!.find(header, token);
  return {
    current: () => keys?.current() ?? 0,
    async verify(token): Promise<GoodToken | Refusal> {
      const { jwtVerify } = await import('jose');
      const checks = {
        issuer,
        audience: typeof audience === 'string' ? audience : [...audience],
        algorithms: [...algorithms],
        clockTolerance: leewayMs / 1000,
        currentDate: new Date(clock.now()),
        requiredClaims: ['exp'],
      };
      try {
        const { payload } =
          secretBytes === undefined
            ? await jwtVerify(token, find, checks)
            : await jwtVerify(token, secretBytes, checks);
        return goodToken(payload, clock.now() + cacheMs, leewayMs, names);
      } catch (error) {
        return refusalOf(error);
      }
    },
  };
}

function goodToken(payload: JWTPayload, until: number, leewayMs: number, names: UserClaims): GoodToken | Refusal {
  const user = userOfClaims(payload, names);
  if (user === null) return { refused: 'name' };
  return { user, scopes: scopesOf(payload), until: Math.min(until, payload.exp! * 1000 + leewayMs) };
}

/** Errors of jose are about the token; anything else, for instance missing keys, is not. */
function refusalOf(error: unknown): Refusal {
  const { code } = Object(error) as { code?: unknown };
  if (typeof code !== 'string' || !/^ERR_(?:JW|JOSE)/.test(code)) throw error;
  if (code === 'ERR_JWT_EXPIRED') return { refused: 'expired' };
  if (code === 'ERR_JWT_CLAIM_VALIDATION_FAILED') return { refused: 'claim' };
  if (code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED') return { refused: 'signature' };
  if (code === 'ERR_JOSE_ALG_NOT_ALLOWED') return { refused: 'algorithm' };
  return { refused: code.startsWith('ERR_JWKS') ? 'key' : 'malformed' };
}

/** A public key must never be taken for a shared secret, so the two kinds of algorithms exclude each other. */
function allowedAlgorithms({ algorithms, secret }: JwtOptions): readonly string[] {
  const possible = secret === undefined ? asymmetric : symmetric;
  const allowed = algorithms ?? (secret === undefined ? ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'] : ['HS256']);
  const foreign = allowed.find((each) => !possible.includes(each));
  if (foreign !== undefined || allowed.length === 0)
    throw optionError(`algorithms: expected ${possible.join(', ')}, found ${foreign ?? 'none'}`);
  return [...allowed];
}

function keysOf(options: JwtOptions, clock: Clock): KeySet {
  const { keys, jwksUrl, log } = options;
  if (keys !== undefined && jwksUrl !== undefined) throw optionError('expected keys or jwksUrl, found both');
  const fetchKeys = keys === undefined ? discoverKeys(options, clock) : () => Promise.resolve(structuredClone(keys));
  return new RemoteKeySet(fetchKeys, clock, log);
}

function byteLength(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  return value instanceof Uint8Array ? value.length : 0;
}
