import { describe, expect, it } from 'vitest';
import type { CookieAttributes } from './cookie-attributes.ts';
import { formatSetCookie } from './format-set-cookie.ts';

describe('formatSetCookie()', () => {
  it('writes every attribute', () => {
    const text = formatSetCookie('id', 'abc', {
      maxAgeSeconds: 60,
      expiresMs: 0,
      domain: 'example.com',
      path: '/app',
      secure: true,
      httpOnly: true,
      sameSite: 'None',
      partitioned: true,
      priority: 'High',
    });
    expect(text).toBe(
      'id=abc; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Domain=example.com; Path=/app; Secure; HttpOnly; ' +
        'SameSite=None; Partitioned; Priority=High',
    );
  });

  it.each<[string, string, CookieAttributes, string]>([
    ['a', '', {}, 'a='],
    ['a', '"b"', {}, 'a="b"'],
    ['a', 'b', { maxAgeSeconds: -1, secure: false }, 'a=b; Max-Age=-1'],
    ['__Host-a', 'b', { secure: true, path: '/' }, '__Host-a=b; Path=/; Secure'],
    ['__Secure-a', 'b', { secure: true, domain: 'a.example' }, '__Secure-a=b; Domain=a.example; Secure'],
  ])('writes %s=%s with %j', (name, value, attributes, expected) => {
    expect(formatSetCookie(name, value, attributes)).toBe(expected);
  });

  it.each<[string, string, string, CookieAttributes]>([
    ['an empty name', '', 'b', {}],
    ['a name with a separator', 'a;b', 'b', {}],
    ['a name with =', 'a=b', 'b', {}],
    ['a line break in the name', 'a\r\nX: y', 'b', {}],
    ['a semicolon in the value', 'a', 'b; Domain=evil.example', {}],
    ['a line break in the value', 'a', 'b\r\nX: y', {}],
    ['a space in the value', 'a', 'b c', {}],
    ['a comma in the value', 'a', 'b,c', {}],
    ['a lone quote in the value', 'a', '"b', {}],
    ['non-ASCII in the value', 'a', 'é', {}],
    ['a pair above 4096 characters', 'a', 'b'.repeat(4096), {}],
    ['an attribute in Domain', 'a', 'b', { domain: 'a.example; Secure' }],
    ['a line break in Domain', 'a', 'b', { domain: 'a.example\r\n' }],
    ['an empty Domain', 'a', 'b', { domain: '' }],
    ['an attribute in Path', 'a', 'b', { path: '/; HttpOnly' }],
    ['a control byte in Path', 'a', 'b', { path: '/\0' }],
    ['a Path that is not absolute', 'a', 'b', { path: 'app' }],
    ['an attribute in SameSite', 'a', 'b', { sameSite: 'Lax; Domain=x' as 'Lax' }],
    ['an attribute in Priority', 'a', 'b', { priority: 'Low\r\n' as 'Low' }],
    ['a fractional Max-Age', 'a', 'b', { maxAgeSeconds: 1.5 }],
    ['an infinite Max-Age', 'a', 'b', { maxAgeSeconds: Number.POSITIVE_INFINITY }],
    ['SameSite=None without Secure', 'a', 'b', { sameSite: 'None' }],
    ['Partitioned without Secure', 'a', 'b', { partitioned: true }],
    ['__Secure- without Secure', '__Secure-a', 'b', {}],
    ['__Host- without Secure', '__Host-a', 'b', { path: '/' }],
    ['__Host- without Path=/', '__Host-a', 'b', { secure: true, path: '/a' }],
    ['__Host- with Domain', '__Host-a', 'b', { secure: true, path: '/', domain: 'a.example' }],
    ['__host- in lower case without Secure', '__host-a', 'b', { path: '/' }],
  ])('throws for %s', (_name, name, value, attributes) => {
    expect(() => formatSetCookie(name, value, attributes)).toThrow(
      expect.objectContaining({ code: 'SEMANTICS_INVALID_COOKIE' }),
    );
  });

  it('throws for a time that is not a date', () => {
    expect(() => formatSetCookie('a', 'b', { expiresMs: Number.NaN })).toThrow(
      expect.objectContaining({ code: 'SEMANTICS_INVALID_DATE' }),
    );
  });
});
