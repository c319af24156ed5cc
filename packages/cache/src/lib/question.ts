import type { HttpContext, HttpHeaders, HttpRequest } from '@windhover/core';
import { type CacheControl, parseCacheControl } from '@windhover/http-semantics';
import { acceptedCodings } from './accepted-codings.ts';
import type { CacheEntry, CacheMeta } from './cache-entry.ts';
import { type CacheKey, cacheKey } from './cache-key.ts';
import type { CacheSettings } from './cache-options.ts';
import { variantOf } from './variant.ts';

/** What a request asks of the cache. */
export interface Question extends CacheKey {
  readonly headers: HttpHeaders;
  /** See `acceptedCodings`. */
  readonly accepted: number;
  /** The directives of the request; `null`: none that count. */
  readonly cacheControl: CacheControl | null;
  /** Whether the request has cookies or a login, so that an answer kept by a rule of ours is not for it. */
  readonly hasCredentials: boolean;
}

/** Fields that change the method or the path behind our back. */
const overrides = new Set([
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-original-url',
  'x-rewrite-url',
]);

/** Whether the cache has nothing to do with a request: it goes to the origin, and its answer is not stored. */
export function isBypassed(request: HttpRequest, { answersHead }: Pick<CacheSettings, 'answersHead'>): boolean {
  const { method, upgrade } = request;
  if ((method !== 'GET' && !(method === 'HEAD' && answersHead)) || upgrade !== null) return true;
  // A GET with content may be answered by its content, which is not part of the key. In HTTP/2 no field tells that there is one.
  if (request.body.length !== 0) return true;
  const { fields } = request.headers;
  for (let index = 0; index < fields.length; index += 3) {
    const name = fields[index]!;
    const first = name.charCodeAt(0);
    if (first === 0x78 && overrides.has(name)) return true;
  }
  return false;
}

/** Reads what a request asks; `null` if its client refuses plain content, which is for nobody else. */
export function questionOf(context: Pick<HttpContext, 'request' | 'client'>, settings: CacheSettings): Question | null {
  const { headers } = context.request;
  const accepted = acceptedCodings(headers.get('accept-encoding'));
  if (accepted < 0) return null;
  const { url, key } = cacheKey(context, settings.key);
  const directives = settings.ignoresClient ? undefined : headers.get('cache-control');
  const hasCookie = !settings.storing.sharesWithCookies && headers.has('cookie');
  return {
    url,
    key,
    headers,
    accepted,
    cacheControl: directives === undefined ? pragma(headers, settings) : parseCacheControl(directives),
    hasCredentials: hasCookie || headers.has('authorization'),
  };
}

/** RFC 9111 §5.4: old clients say `no-cache` this way. */
function pragma(headers: HttpHeaders, { ignoresClient }: CacheSettings): CacheControl | null {
  return !ignoresClient && headers.get('pragma') === 'no-cache' ? { noCache: true } : null;
}

/** Whether an answer is for the one who asks. */
export function isFor(question: Question, meta: CacheMeta): boolean {
  if ((meta.codings & (1 << question.accepted)) === 0) return false;
  if (meta.isAssigned && question.hasCredentials) return false;
  return meta.vary.length === 0 || meta.variant === variantOf(meta.vary, question.headers);
}

/** Returns the stored answer for a request, the newest if there are several. */
export function selectEntry(question: Question, entries: readonly CacheEntry[]): CacheEntry | null {
  let selected: CacheEntry | null = null;
  for (const entry of entries)
    if (isFor(question, entry.meta) && (selected === null || entry.meta.storedAtMs >= selected.meta.storedAtMs))
      selected = entry;
  return selected;
}
