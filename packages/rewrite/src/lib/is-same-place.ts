import { type ClientIdentity, canonicalTarget, type HttpRequest } from '@windhover/core';

/** Whether a redirect leads to where the client is already, in whatever spelling: it would never end. */
export function isSamePlace(
  location: string,
  request: Pick<HttpRequest, 'path' | 'query'>,
  { scheme, host, hostPort }: ClientIdentity,
): boolean {
  const here = `${scheme}://${hostPort === null ? host : `${host}:${hostPort}`}/`;
  const local = location.startsWith(here) ? location.slice(here.length - 1) : location;
  if (!local.startsWith('/')) return false;
  try {
    const { path, query } = canonicalTarget('GET', local.replace(/#.*$/s, ''));
    return path === request.path && query === request.query;
  } catch {
    return false; // CORE_TARGET_INVALID: no request can have asked for it
  }
}
