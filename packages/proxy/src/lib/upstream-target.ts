import { canonicalPath, type HttpRequest } from '@windhover/core';

/** The spelling of the forwarded path: the canonical one that rules matched, or the client's own. */
export type ForwardedSpelling = 'canonical' | 'as-sent';

/** Returns the request target for the upstream. */
export function upstreamTarget(request: HttpRequest, prefix: string | null, spelling: ForwardedSpelling): string {
  const target = stripPrefix(request.url, prefix);
  if (spelling === 'canonical' || request.target === request.url) return target;
  const sent = stripPrefix(request.target.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/, ''), prefix);
  return isSameTarget(sent, target) ? sent : target;
}

/**
 * Whether the client's spelling means this target: not after a rewrite, nor if removing the prefix hit another segment.
 */
function isSameTarget(sent: string, target: string): boolean {
  const mark = sent.indexOf('?');
  const path = mark < 0 ? sent : sent.slice(0, mark);
  if (!path.startsWith('/')) return false;
  return canonicalPath(path) + (mark < 0 ? '' : sent.slice(mark)) === target;
}

/** Removes whole leading segments: `/api` from `/api/users`, not from `/apiary`. */
function stripPrefix(url: string, prefix: string | null): string {
  if (prefix === null || !url.startsWith(prefix)) return url;
  const rest = url.slice(prefix.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : url;
}
