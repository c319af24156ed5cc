import { canonicalPath, canonicalTarget } from '@windhover/core';
import { comparablePath, hasPathPrefix } from '../authorize/match-path.ts';
import { optionError } from '../errors.ts';
import { signTerms } from './url-signature.ts';

/** What a signed URL allows. */
export interface SignUrlOptions {
  /** Milliseconds since the epoch, rounded up to a second. */
  readonly expiresAt: number;
  /** Allows everything below this path, with any query, instead of the one URL. */
  readonly prefix?: string;
  /** The only client that may use it, as an IP address. Default: every client. */
  readonly address?: string;
  /** The name of the user it stands for. Default: `signed-url`. */
  readonly user?: string;
}

/**
 * Adds a signature to a path and query, which `signedUrl` takes for a login: for downloads, or links in messages.
 * Throws `AUTH_OPTION_INVALID`.
 *
 * @param url path and query: `/files/a.pdf?page=1`
 * @param secret the first of those that `signedUrl` knows
 */
export function signUrl(url: string, secret: string, options: SignUrlOptions): string {
  const { expiresAt, prefix, address, user } = options;
  if (!Number.isFinite(expiresAt)) throw optionError('expected expiresAt');
  if (secret.length < 16) throw optionError('expected a secret of 16 characters or more');
  const { path, query } = canonicalTarget('GET', url);
  if (query?.includes('wh_')) throw optionError('the query must not hold parameters that begin with wh_');
  const root = prefix === undefined ? null : canonicalPath(prefix);
  if (root !== null && !hasPathPrefix(comparablePath(path) ?? '', root))
    throw optionError('the path is not below the prefix');
  const terms = [
    `wh_expires=${Math.ceil(expiresAt / 1000)}`,
    ...(root === null ? [] : [`wh_prefix=${encodeURIComponent(root)}`]),
    ...(address === undefined ? [] : [`wh_address=${encodeURIComponent(address)}`]),
    ...(user === undefined ? [] : [`wh_user=${encodeURIComponent(user)}`]),
  ].join('&');
  const signature = signTerms(secret, terms, root === null ? `${path}?${query ?? ''}` : null);
  return `${path}?${query === null || query === '' ? '' : `${query}&`}${terms}&wh_signature=${signature}`;
}
