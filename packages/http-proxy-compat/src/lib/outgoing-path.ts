import type { ServerOptions } from './server-options.ts';

/** Returns the path of a request for its target. */
export function outgoingPath(url: string, targetPath: string, options: ServerOptions): string {
  const { prependPath = true, ignorePath = false, toProxy = false } = options;
  const base = prependPath ? targetPath : '';
  const own = ignorePath ? '' : toProxy ? url : withoutOrigin(url);
  return joinPaths(base, own) || '/';
}

/** The address of a request may be a whole URL: proxies send them (RFC 9112 §3.2.2). */
function withoutOrigin(url: string): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/#.*$/, '') || '/';
}

/** Joins two paths with one slash between them. The query of the first stands before that of the second. */
function joinPaths(base: string, own: string): string {
  const [basePath = '', ...baseQuery] = base.split('?');
  const [ownPath = '', ...ownQuery] = own.split('?');
  const joined = [basePath, ownPath].filter(Boolean).join('/').replace(/\/+/g, '/');
  const path = joined.replace(/^(https?|wss?):\//, '$1://');
  return [path, [...baseQuery, ...ownQuery].join('&')].filter((part) => part !== '').join('?');
}
