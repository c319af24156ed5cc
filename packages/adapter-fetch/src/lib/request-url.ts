import { type HttpContext, ownString } from '@windhover/core';
import { fetchError } from './errors.ts';

/** Matches paths and queries that `new URL` leaves unchanged. */
const plainPattern = /^\/[!$&()*+,\-./0-9:;=@A-Z_a-z~%?]*$/;

/** Origins of hosts seen before: a server has few names. */
const origins = new Map<string, string>();

/** Returns the request's URL as `Request.url` spells it. Throws `FETCH_HOST_INVALID` (400). */
export function requestUrl(context: HttpContext): string {
  const { scheme, host, hostPort } = context.client;
  const { url } = context.request;
  const origin = findOrigin(scheme, host, hostPort);
  const rooted = url.startsWith('/') ? url : `/${url}`; // OPTIONS *
  return plainPattern.test(rooted) ? origin + rooted : new URL(origin + rooted).href;
}

function findOrigin(scheme: string, host: string, port: number | null): string {
  const named = host === '' ? 'localhost' : host; // HTTP/1.0 without Host
  const key = port === null ? `${scheme}://${named}` : `${scheme}://${named}:${port}`;
  const known = origins.get(key);
  if (known !== undefined) return known;
  const url = URL.parse === undefined ? parse(key) : URL.parse(key);
  if (url === null) throw fetchError('FETCH_HOST_INVALID', JSON.stringify(host));
  if (origins.size === 256) origins.clear(); // a client may send any number of hosts
  origins.set(ownString(key), ownString(url.origin));
  return url.origin;
}

/** Node 20 and early 22 have no `URL.parse`. */
function parse(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
