import { HttpResponse } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { type HeaderList, type HeaderSource, takeFields } from './response-fields.ts';

/** What a response has been told by `setHeader`. */
function told(headers: Record<string, number | string | string[]>): HeaderList {
  return { getRawHeaderNames: () => Object.keys(headers), getHeader: (name) => headers[name] };
}

function take(headers: Record<string, number | string | string[]>, given: HeaderSource = null): HttpResponse {
  const response = new HttpResponse();
  takeFields(told(headers), given, response);
  return response;
}

describe('the head an application decided', () => {
  it('is its headers as they are spelled, each value a field', () => {
    const { headers } = take({ 'X-One': 1, 'Set-Cookie': ['a=1', 'b=2'] });
    expect([...headers]).toEqual([
      ['X-One', '1'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ]);
  });

  it('announces a length, and leaves framing to the server', () => {
    const { headers, declaredLength } = take({
      'Content-Length': '12',
      Connection: 'close',
      'Transfer-Encoding': 'chunked',
    });
    expect(declaredLength).toBe(12);
    expect(headers.size).toBe(0);
  });

  it('adds its cookies to those set before, joins Vary, and replaces the rest', () => {
    const response = new HttpResponse();
    response.headers.set('Set-Cookie', 'csrf=1').set('Vary', 'Origin').set('Cache-Control', 'private');
    takeFields(told({ 'Set-Cookie': ['a=1', 'b=2'], Vary: 'Accept', 'Cache-Control': 'no-store' }), null, response);
    expect(response.headers.getAll('set-cookie')).toEqual(['csrf=1', 'a=1', 'b=2']);
    expect(response.headers.getAll('vary')).toEqual(['Origin, Accept']);
    expect(response.headers.getAll('cache-control')).toEqual(['no-store']);
  });

  it.each([
    ['close', true],
    ['Keep-Alive, CLOSE', true],
    ['keep-alive', false],
    ['', false],
  ])('closes the connection after the answer when Connection says so: %j', (Connection, expected) => {
    expect(take({ Connection }).closeConnection).toBe(expected);
  });

  it('loses what Connection nominates (RFC 9110 §7.6.1)', () => {
    expect([...take({ Connection: 'close, X-Hop', 'X-Hop': '1', 'X-End': '2' }).headers]).toEqual([['X-End', '2']]);
  });

  it.each<[string, HeaderSource]>([
    ['an object', { 'X-A': '1', 'X-B': ['2', '3'] }],
    ['a flat list', ['X-A', '1', 'X-B', '2', 'x-b', '3']],
    [
      'pairs',
      [
        ['X-A', '1'],
        ['X-B', '2'],
        ['X-B', '3'],
      ],
    ],
  ])('may be given to writeHead as %s', (_form, given) => {
    expect([...take({}, given).headers].map(([name, value]) => [name.toLowerCase(), value])).toEqual([
      ['x-a', '1'],
      ['x-b', '2'],
      ['x-b', '3'],
    ]);
  });
});
