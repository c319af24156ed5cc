import { after, bodyLength, type Handler, type HttpContext } from '@windhover/core';
import type { CacheEntry } from './cache-entry.ts';
import type { CacheSettings } from './cache-options.ts';
import { forwardStatus } from './cache-status.ts';
import { softened } from './cache-store.ts';
import type { Question } from './question.ts';
import { isSameContent, refreshedMeta } from './refreshed-meta.ts';

/**
 * Sends a HEAD request to the origin, although an answer to GET is stored: what the origin says makes that one fresh again, or stale if the content has
 * another length or validator (RFC 9111 §4.3.5).
 */
export function passHead(
  context: HttpContext,
  next: Handler<HttpContext>,
  settings: CacheSettings,
  question: Question,
  entry: CacheEntry,
): void | Promise<void> {
  const { observer, clock, name, store } = settings;
  const requestTimeMs = clock.now();
  observer.count('bypass');
  return after(next, context, (error) => {
    const { response, request } = context;
    if (error !== undefined || !response.isAnswered) return;
    const { headers, status, body } = response;
    const length = response.declaredLength ?? (body === null ? null : bodyLength(body));
    const isOfSameKind =
      status === 200 && entry.meta.status === 200 && (headers.get('content-encoding') ?? '') === entry.meta.coding;
    const isSame = isOfSameKind && !headers.has('set-cookie') ? isSameContent(entry.meta, headers, length) : null;
    if (isSame === false) void store.update(entry, softened(entry.meta, clock.now()));
    if (isSame === true) {
      const meta = refreshedMeta(settings, question, request.path, entry.meta, { headers, requestTimeMs });
      if (meta !== null) void store.update(entry, meta);
    }
    headers.append('Cache-Status', forwardStatus(name, 'bypass', { detail: 'head' }));
  });
}
