import { describe, expect, it } from 'vitest';
import { parseSetCookie, type SetCookie } from './parse-set-cookie.ts';

describe('parseSetCookie()', () => {
  it.each<[string, Omit<SetCookie, 'name' | 'value'>]>([
    ['', {}],
    ['; Max-Age=60; Path=/a; Domain=.Example.COM', { maxAgeSeconds: 60, path: '/a', domain: 'example.com' }],
    ['; secure;HTTPONLY ; Partitioned', { secure: true, httpOnly: true, partitioned: true }],
    ['; samesite=lax; priority=HIGH', { sameSite: 'Lax', priority: 'High' }],
    ['; SameSite=Strict; SameSite=unknown', {}],
    ['; Path=/a; Path=/b', { path: '/b' }],
    ['; Path=/a; Path=b', {}],
    ['; Max-Age=-1; Max-Age=x; Max-Age=1.5', { maxAgeSeconds: -1 }],
    ['; Domain=; unknown=1; =; ;', {}],
    ['; Expires=Thu, 01-Jan-1970 00:00:00 GMT; Expires=never', { expiresMs: 0 }],
    [`; Path=/${'a'.repeat(1024)}`, {}],
  ])('reads the attributes %j (RFC 6265 §5.2)', (attributes, expected) => {
    expect(parseSetCookie(`id=abc${attributes}`)).toEqual({ name: 'id', value: 'abc', ...expected });
  });

  it('keeps quotes and = in the value', () => {
    expect(parseSetCookie(' a = "b=c" ; Secure')).toEqual({ name: 'a', value: '"b=c"', secure: true });
  });

  it.each(['', 'a', '=b', '; Secure', ';a=b'])('refuses %j', (text) => expect(parseSetCookie(text)).toBeNull());
});
