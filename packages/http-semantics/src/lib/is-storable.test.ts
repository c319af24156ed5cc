import { describe, expect, it } from 'vitest';
import { parseCacheControl } from './cache-control.ts';
import { isStorable, type StorableRequest, type StorableResponse } from './is-storable.ts';

function decide(
  cacheControl: string,
  response: Partial<StorableResponse> = {},
  request: Partial<StorableRequest> = {},
): boolean {
  return isStorable(
    { method: 'GET', hasAuthorization: false, ...request },
    { status: 200, cacheControl: parseCacheControl(cacheControl), hasSetCookie: false, ...response },
  );
}

describe('isStorable()', () => {
  it.each([
    ['a 200 to GET', decide('')],
    ['a 404', decide('', { status: 404 })],
    ['a 302 with max-age', decide('max-age=5', { status: 302 })],
    ['a 302 with Expires', decide('', { status: 302, expires: '0' })],
    ['no-cache, to be validated before use', decide('no-cache')],
    ['with Authorization and public', decide('public', {}, { hasAuthorization: true })],
    ['with Authorization and s-maxage', decide('s-maxage=5', {}, { hasAuthorization: true })],
    ['with Authorization and must-revalidate', decide('must-revalidate', {}, { hasAuthorization: true })],
    ['with Vary by name', decide('', { vary: 'Accept-Encoding' })],
  ])('stores %s', (_name, storable) => expect(storable).toBe(true));

  it.each([
    ['no-store', decide('no-store, max-age=5')],
    ['private', decide('private, max-age=5')],
    ['private with fields', decide('private="x-user", max-age=5')],
    ['no-store in the request', decide('max-age=5', {}, { cacheControl: parseCacheControl('no-store') })],
    ['HEAD', decide('max-age=5', {}, { method: 'HEAD' })],
    ['POST', decide('max-age=5', {}, { method: 'POST' })],
    ['with Authorization and max-age alone', decide('max-age=5', {}, { hasAuthorization: true })],
    ['Set-Cookie', decide('public, max-age=5', { hasSetCookie: true })],
    ['Vary: *', decide('max-age=5', { vary: 'accept, *' })],
    ['206', decide('max-age=5', { status: 206 })],
    ['304', decide('max-age=5', { status: 304 })],
    ['103', decide('max-age=5', { status: 103 })],
    ['a 302 without a lifetime', decide('', { status: 302 })],
    ['a 500 without a lifetime', decide('', { status: 500 })],
    ['must-understand with an unknown status', decide('must-understand, max-age=5', { status: 299 })],
  ])('refuses %s', (_name, storable) => expect(storable).toBe(false));
});
