import type { HttpHeaders } from '@windhover/core';
import type { PurgeSelector } from './cache-store.ts';
import { tagsOf } from './tags.ts';

/** What a PURGE request asks for. */
export interface PurgeRequest {
  readonly selectors: readonly PurgeSelector[];
  readonly soft: boolean;
}

/**
 * Reads what a PURGE request is about: the answers with the tags in its `Surrogate-Key` or `Cache-Tag`; without these its URL, or for a path that ends in `*`
 * all URLs that start so. Both schemes are meant, because an administrator often speaks to the server without TLS. `Soft-Purge: 1` asks for a soft one.
 *
 * @param url with scheme and host
 */
export function purgeSelectors(url: string, headers: HttpHeaders): PurgeRequest {
  const soft = headers.get('soft-purge') === '1' || headers.get('fastly-soft-purge') === '1';
  const tags = tagsOf(headers);
  if (tags.length > 0) return { selectors: tags.map((tag) => ({ tag })), soft };
  const rest = url.slice(url.indexOf(':'));
  const urls = [`http${rest}`, `https${rest}`];
  const isPrefix = url.endsWith('*');
  return { selectors: urls.map((each) => (isPrefix ? { prefix: each.slice(0, -1) } : { url: each })), soft };
}
