import type { Clock } from '@windhover/core';
import type { JSONWebKeySet } from 'jose';
import { authError, optionError } from '../errors.ts';
import { type FetchOptions, fetchJson } from '../fetch/fetch-text.ts';
import type { JwtOptions } from './jwt.ts';

/**
 * Fetches the keys of an issuer: from `jwksUrl`, or from where its metadata says (OpenID Connect Discovery §4). What the
 * metadata refers to is not what somebody has configured, so on another host it must be public.
 */
export function discoverKeys(options: JwtOptions, clock: Clock): () => Promise<JSONWebKeySet> {
  const { issuer, jwksUrl, allowInner = false, ca, lookup } = options;
  const trusted: FetchOptions = { allowsInner: allowInner, ca, clock, lookup };
  if (jwksUrl !== undefined) {
    const url = urlOf(jwksUrl, 'jwksUrl');
    return async () => (await fetchJson(url, trusted)) as unknown as JSONWebKeySet;
  }
  const metadataUrl = urlOf(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, 'issuer');
  return async () => {
    const metadata = await fetchJson(metadataUrl, trusted);
    if (metadata['issuer'] !== issuer)
      throw authError('AUTH_FETCH_FAILED', `${metadataUrl.href}: it speaks of another issuer`);
    const { jwks_uri: found } = metadata;
    if (typeof found !== 'string' || !URL.canParse(found))
      throw authError('AUTH_FETCH_FAILED', `${metadataUrl.href}: expected jwks_uri`);
    const url = new URL(found);
    const isSameHost = url.origin === metadataUrl.origin;
    return (await fetchJson(
      url,
      isSameHost ? trusted : { ...trusted, allowsInner: false },
    )) as unknown as JSONWebKeySet;
  };
}

function urlOf(text: string, option: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw optionError(`${option}: expected a URL, found ${JSON.stringify(text)}`);
  return url;
}
