import { HttpHeaders } from '@windhover/core';
import { parseETag, weakCompare } from '@windhover/http-semantics';
import type { CacheMeta } from './cache-entry.ts';
import type { CacheSettings } from './cache-options.ts';
import { decideStoring } from './decide-storing.ts';
import type { Question } from './question.ts';
import { fieldOf, mergeFields } from './stored-fields.ts';

/** Whether an answer of the origin is about the stored content: `null` if they say nothing that could be compared. */
export function isSameContent(stored: CacheMeta, headers: HttpHeaders, length: number | null): boolean | null {
  const [oldTag, newTag] = [fieldOf(stored.fields, 'etag'), headers.get('etag')];
  if (length !== null && stored.length !== null && length !== stored.length) return false;
  if (oldTag !== undefined && newTag !== undefined) {
    const [left, right] = [parseETag(oldTag), parseETag(newTag)];
    return left !== null && right !== null && weakCompare(left, right);
  }
  const [oldDate, newDate] = [fieldOf(stored.fields, 'last-modified'), headers.get('last-modified')];
  return oldDate === undefined || newDate === undefined ? null : oldDate === newDate;
}

/** The description of a stored answer with the fields of a newer one about the same content (RFC 9111 §3.2); `null` if it may not be stored any more. */
export function refreshedMeta(
  settings: CacheSettings,
  question: Question,
  path: string,
  stored: CacheMeta,
  newer: { readonly headers: HttpHeaders; readonly requestTimeMs: number },
): CacheMeta | null {
  const headers = new HttpHeaders().adopt([...mergeFields(stored.fields, newer.headers.fields)]);
  const { accepted, cacheControl } = question;
  const { meta } = decideStoring(
    question,
    { method: 'GET', path, headers: question.headers, accepted, cacheControl },
    {
      status: stored.status,
      headers,
      length: stored.length,
      requestTimeMs: newer.requestTimeMs,
      responseTimeMs: settings.clock.now(),
    },
    settings.storing,
  );
  return meta === null ? null : { ...meta, codings: stored.codings, coding: stored.coding, length: stored.length };
}
