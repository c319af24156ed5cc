import type { HttpHeaders } from '@windhover/core';
import { formatCodings } from './accepted-codings.ts';
import type { CacheMeta } from './cache-entry.ts';
import { fieldOf } from './stored-fields.ts';

const ofOneClient = ['range', 'if-range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'];

/**
 * Changes the fields of a request to those that the origin gets: it is asked for all of the content, whatever part the client wants, in the codings that all
 * clients of this kind accept, and only if it has changed.
 *
 * @param known the stored answer to validate; `null`: none
 */
export function toOriginRequest(headers: HttpHeaders, accepted: number, known: CacheMeta | null): void {
  for (const name of ofOneClient) headers.delete(name);
  headers.set('Accept-Encoding', formatCodings(accepted));
  if (known === null) return;
  const etag = fieldOf(known.fields, 'etag');
  const lastModified = fieldOf(known.fields, 'last-modified');
  if (etag !== undefined) headers.set('If-None-Match', etag);
  if (lastModified !== undefined) headers.set('If-Modified-Since', lastModified);
}
