import { after, type HttpContext, type HttpHeaders, type HttpResponse, type Middleware } from '@windhover/core';
import { parseCacheControl } from '@windhover/http-semantics';
import { nonceKey } from './nonce.ts';

/**
 * Marks pages of an answer with a nonce as `private`, before a cache further out stores them: it would give one nonce to
 * everybody. Place it inside of a cache that stands inside of `securityHeaders`, which marks them for caches outside.
 */
export function privatePages(): Middleware<HttpContext> {
  return function privatePages(context, next) {
    return after(next, context, (error) => {
      if (error === undefined && context.get(nonceKey) !== undefined) markPrivate(context.response);
    });
  };
}

/** Whether an answer is a page, which a nonce is for. */
export function isPage(headers: HttpHeaders): boolean {
  return /^text\/html\b/i.test(headers.get('content-type') ?? '');
}

/** Keeps a page out of caches that several people share. */
export function markPrivate({ headers }: HttpResponse): void {
  if (!isPage(headers)) return;
  const written = headers.get('cache-control') ?? '';
  const { noStore, private: isPrivate } = parseCacheControl(written);
  if (noStore === true || isPrivate === true) return;
  const others = written.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((part) => part.trim());
  const kept = others.filter((part) => part !== '' && !/^(?:public$|s-maxage\s*=|private\s*=)/i.test(part));
  headers.set('Cache-Control', ['private', ...kept].join(', '));
}
