import type { HttpHeaders } from '@windhover/core';

/**
 * Returns the URLs whose stored answers are wrong after a successful unsafe request (RFC 9111 §4.4): its own, and those of `Location` and
 * `Content-Location` if they have the same origin. Others could belong to somebody else.
 */
export function invalidatedUrls(url: string, headers: HttpHeaders): readonly string[] {
  const urls = [url];
  for (const name of ['location', 'content-location']) {
    const value = headers.get(name);
    if (value === undefined || !URL.canParse(value, url)) continue;
    const named = new URL(value, url);
    if (named.origin === new URL(url).origin) urls.push(`${named.origin}${named.pathname}${named.search}`);
  }
  return [...new Set(urls)];
}
