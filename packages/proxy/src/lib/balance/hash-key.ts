import type { HttpContext } from '@windhover/core';
import { parseCookies } from '@windhover/http-semantics';

/** Which part of a request decides about its upstream. */
export type HashKey = 'client' | 'uri' | 'path' | { readonly header: string } | { readonly cookie: string };

/** Returns the function that reads that part; it returns `null` if a request does not have it. */
export function hashKeyOf(by: HashKey): (context: HttpContext) => string | null {
  if (by === 'client') return ({ client }) => (client.address === '' ? null : client.address);
  if (by === 'uri') return ({ request }) => request.url;
  if (by === 'path') return ({ request }) => request.path;
  if ('header' in by) {
    const name = by.header.toLowerCase();
    return ({ request }) => (name === 'host' ? request.host : (request.headers.get(name) ?? null));
  }
  return ({ request }) => readCookie(request.headers.get('cookie'), by.cookie);
}

/** Returns the value of a cookie; `null` if the field does not have it. */
export function readCookie(field: string | undefined, name: string): string | null {
  if (field === undefined || !field.includes(name)) return null;
  return parseCookies(field).get(name) ?? null;
}
