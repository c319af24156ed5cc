import { type Clock, canonicalTarget, type HttpContext, systemClock } from '@windhover/core';
import { anyText, checkOptions, listOf, type Rules, withFunctions } from '@windhover/options';
import type { AuthScheme, Refusal } from '../auth-scheme.ts';
import { comparablePath, hasPathPrefix } from '../authorize/match-path.ts';
import { optionError } from '../errors.ts';
import { mountPath } from '../mount.ts';
import { isSignedBy, parseSignedQuery, type SignedQuery } from './url-signature.ts';

/** Options of `signedUrl`. */
export interface SignedUrlOptions {
  /** Methods that such a URL may be used with. Default: `GET` and `HEAD`. */
  readonly methods?: readonly string[];
  /** Default: the system's. */
  readonly clock?: Clock;
}

const optionRules: Rules<SignedUrlOptions> = { methods: listOf('methods', anyText), clock: withFunctions(['now']) };

/**
 * Takes a URL that `signUrl` has signed for a login. The signature is taken off before the request goes on. `secrets`
 * are one or several: the first signs, the others are good until they are taken away. Throws `AUTH_OPTION_INVALID`.
 */
export function signedUrl(secrets: readonly string[], options: SignedUrlOptions = {}): AuthScheme {
  checkOptions(options, optionRules, optionError);
  if (!Array.isArray(secrets) || secrets.length === 0 || !secrets.every((secret) => String(secret).length >= 16))
    throw optionError('expected secrets of 16 characters or more');
  const known = [...(secrets as readonly string[])];
  const { methods = ['GET', 'HEAD'], clock = systemClock } = options;
  const allowed = [...methods];
  return {
    name: 'signedUrl',
    challenges: () => [],
    authenticate(context) {
      const signed = parseSignedQuery(context.request.query);
      if (signed === null) return null;
      if (signed === undefined) return { refused: 'malformed' };
      const refusal = refusalOf(signed, context, known, clock.now());
      if (refusal !== null) return refusal;
      if (!allowed.includes(context.request.method)) return { refused: 'method', status: 403 };
      const { request } = context;
      request.rewrite(signed.rest === '' ? request.path : `${request.path}?${signed.rest}`);
      return { name: signed.user ?? 'signed-url' };
    },
  };
}

function refusalOf(
  { rest, terms, signature, expiresAt, prefix, address }: SignedQuery,
  context: HttpContext,
  secrets: readonly string[],
  now: number,
): Refusal | null {
  const path = wholePath(context);
  const url = prefix === null ? `${path}?${rest}` : null;
  if (!isSignedBy(secrets, signature, terms, url)) return { refused: 'signature' };
  if (prefix !== null && !hasPathPrefix(comparablePath(path) ?? '', prefix)) return { refused: 'path' };
  if (address !== null && address !== context.client.address) return { refused: 'address' };
  return now < expiresAt ? null : { refused: 'expired' };
}

/** The path that was signed, also under a mount path. */
function wholePath(context: HttpContext): string {
  const { path } = context.request;
  const mount = mountPath(context);
  return mount === '' ? path : canonicalTarget('GET', `${mount}${path}`).path;
}
