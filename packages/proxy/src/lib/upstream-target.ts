import { canonicalPath, type HttpRequest } from '@windhover/core';

/** How the path of a request goes on: by the one spelling that rules matched, or as the client spelled it. */
export type ForwardedSpelling = 'canonical' | 'as-sent';

/** The target that the upstream gets. */
export function upstreamTarget(request: HttpRequest, prefix: string | null, spelling: ForwardedSpelling): string {
  const target = stripPrefix(request.url, prefix);
  if (spelling === 'canonical' || request.target === request.url) return target;
  const sent = stripPrefix(request.target.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/, ''), prefix);
  return isSameTarget(sent, target) ? sent : target;
}

/** Whether what was sent means the target: not after a rewrite, nor when taking the prefix off hit another segment. */
function isSameTarget(sent: string, target: string): boolean {
  const mark = sent.indexOf('?');
  const path = mark < 0 ? sent : sent.slice(0, mark);
  if (!path.startsWith('/')) return false;
  return canonicalPath(path) + (mark < 0 ? '' : sent.slice(mark)) === target;
}

/** Takes whole segments off the front: `/api` of `/api/users`, not of `/apiary`. */
function stripPrefix(url: string, prefix: string | null): string {
  if (prefix === null || !url.startsWith(prefix)) return url;
  const rest = url.slice(prefix.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : url;
}
