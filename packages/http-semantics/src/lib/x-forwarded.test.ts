import { describe, expect, it } from 'vitest';
import { parseXForwardedFor, parseXForwardedHost, parseXForwardedPort, parseXForwardedProto } from './x-forwarded.ts';

describe('parseXForwardedFor()', () => {
  it.each([
    ['192.0.2.1', { address: '192.0.2.1', port: null }],
    ['192.0.2.1:8080', { address: '192.0.2.1', port: 8080 }],
    ['2001:DB8::1', { address: '2001:db8::1', port: null }],
    ['[2001:db8::1]', { address: '2001:db8::1', port: null }],
    ['[2001:db8::1]:443', { address: '2001:db8::1', port: 443 }],
    ['::ffff:192.0.2.1', { address: '::ffff:192.0.2.1', port: null }],
    ['unknown', null],
    ['192.0.2.256', null],
    ['192.0.2.1:', null],
    ['192.0.2.1:65536', null],
    ['192.0.2.1:80:80', null],
    ['[::1', null],
    ['[::1]x', null],
    ['"[::1]"', null],
    ['192.0.2.1 192.0.2.2', null],
    ['<script>', null],
  ])('reads %j', (value, expected) => expect(parseXForwardedFor(value)).toEqual([expected]));

  it('keeps the place of garbage and of empty entries', () => {
    const [first, ...rest] = parseXForwardedFor(' 192.0.2.1 ,, x,\t192.0.2.2');
    expect(first).toEqual({ address: '192.0.2.1', port: null });
    expect(rest).toEqual([null, null, { address: '192.0.2.2', port: null }]);
  });

  it.each(['', '  '])('gives no entries for %j', (value) => expect(parseXForwardedFor(value)).toEqual([]));
});

describe('parseXForwardedProto(), parseXForwardedHost() and parseXForwardedPort()', () => {
  it('read one value for each proxy', () => {
    expect(parseXForwardedProto('HTTPS, http, ht tp, 1http, wss')).toEqual(['https', 'http', null, null, 'wss']);
    expect(parseXForwardedPort('443, 65535, 65536, -1, x, 0')).toEqual([443, 65535, null, null, null, 0]);
    expect(parseXForwardedHost('Example.COM, a:8080, [::1]:80, [::1, a/b, a@b, a:x, a:99999,')).toEqual([
      'example.com',
      'a:8080',
      '[::1]:80',
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});
