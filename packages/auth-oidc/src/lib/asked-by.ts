import type { HttpContext } from '@windhover/core';
import { isOriginOfHost } from '@windhover/http-semantics';

type Asked = Pick<HttpContext, 'request' | 'client'>;

/** Whether a person opens a page, so that a redirect to another host makes sense: not a script, a frame or a preload. */
export function isPageRequest({ request: { method, headers } }: Asked): boolean {
  if (method !== 'GET' || headers.get('accept')?.includes('text/html') !== true) return false;
  if (headers.get('sec-purpose')?.includes('prefetch') === true) return false;
  return (headers.get('sec-fetch-mode') ?? 'navigate') === 'navigate' && isTopLevel(headers.get('sec-fetch-dest'));
}

/**
 * Whether the request may log the user out: a POST that no other website has made the browser send, or a GET of which the browser says
 * that this website, or the user by hand, has asked for it.
 */
export function mayLogOut({ request: { method, headers }, client }: Asked): boolean {
  if (headers.get('sec-purpose')?.includes('prefetch') === true) return false;
  const site = headers.get('sec-fetch-site');
  if (site !== undefined) return (method === 'GET' || method === 'POST') && (site === 'same-origin' || site === 'none');
  if (method !== 'POST') return false;
  const origin = headers.get('origin');
  return origin === undefined || isOriginOfHost(origin, client.host, client.hostPort);
}

function isTopLevel(destination: string | undefined): boolean {
  return destination === undefined || destination === 'document' || destination === 'empty';
}
