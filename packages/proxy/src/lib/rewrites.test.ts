import { describe, expect, it } from 'vitest';
import { resolveChanges } from './header-changes.ts';
import { rewriteCookie } from './rewrite-cookie.ts';
import { rewriteLocation } from './rewrite-location.ts';

describe('rewriteLocation()', () => {
  const facts = { origins: ['http://10.0.0.5:3000'], publicOrigin: 'https://shop.example', prefix: null };
  const prefixed = { ...facts, prefix: '/api' };
  it.each([
    ['http://10.0.0.5:3000/login?x', facts, 'https://shop.example/login?x'],
    ['HTTP://10.0.0.5:3000', facts, 'https://shop.example/'],
    ['http://10.0.0.5:30001/login', facts, 'http://10.0.0.5:30001/login'],
    ['https://elsewhere.example/', facts, 'https://elsewhere.example/'],
    ['/login', facts, '/login'],
    ['login', facts, 'login'],
    ['/login', prefixed, '/api/login'],
    ['/api/login', prefixed, '/api/login'],
    ['/apiary', prefixed, '/api/apiary'],
    ['//elsewhere.example/x', prefixed, '//elsewhere.example/x'],
    ['http://10.0.0.5:3000/login', prefixed, 'https://shop.example/api/login'],
    ['https://shop.example/login', prefixed, 'https://shop.example/api/login'],
    ['http://10.0.0.5:3000?x', prefixed, 'https://shop.example/api/?x'],
    ['/login', { ...prefixed, publicOrigin: '' }, '/api/login'],
  ])('turns %s into %#', (value, given, expected) => {
    expect(rewriteLocation(value, given)).toBe(expected);
  });
});

describe('rewriteCookie()', () => {
  it.each([
    [
      'a=1; Domain=Old.example; Path=/x',
      { domain: { 'old.example': 'new.example' } },
      'a=1; Domain=new.example; Path=/x',
    ],
    ['a=1; domain=other', { domain: { 'old.example': 'new.example' } }, 'a=1; domain=other'],
    ['a=1; domain=other; HttpOnly', { domain: { '*': null } }, 'a=1; HttpOnly'],
    ['a=1; Path=/x; Secure', { path: { '/x': '/y' } }, 'a=1; Path=/y; Secure'],
    ['a=1; Path=/z', { path: { '/x': '/y', '*': '/' } }, 'a=1; Path=/'],
    ['a=1', { path: { '*': '/' }, domain: { '*': 'x' } }, 'a=1'],
    ['a=1; Path=/', { secure: true }, 'a=1; Path=/; Secure'],
    ['a=1; secure', { secure: true }, 'a=1; secure'],
    ['path=/old; Path=/x', { path: { '/x': '/y' } }, 'path=/old; Path=/y'],
  ])('%s', (value, rules, expected) => {
    expect(rewriteCookie(value, rules)).toBe(expected);
  });
});

describe('resolveChanges()', () => {
  it.each([
    ['Content-Length', '1'],
    ['Transfer-Encoding', 'chunked'],
    ['Connection', 'close'],
    ['Host', 'a'],
    ['a b', '1'],
    ['X-A', 'a\r\nb'],
  ])('refuses to set %s', (name, value) => {
    expect(() => resolveChanges({ set: { [name]: value } })).toThrow(
      expect.objectContaining({ code: 'PROXY_OPTION_INVALID' }),
    );
  });

  it('lets fields about the client be set', () => {
    expect(resolveChanges({ set: { 'X-Forwarded-Proto': 'https' } })!.lines).toBe('X-Forwarded-Proto: https\r\n');
  });
});
