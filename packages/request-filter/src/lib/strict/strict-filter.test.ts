import { HttpHeaders } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { compileFilter } from '../compile-filter.ts';
import { decideRequest } from '../decide-request.ts';
import type { StrictOptions } from './strict-options.ts';

function decide(target: string, headers: Record<string, string> = {}, strict: StrictOptions = {}): string {
  const [path = '', query = null] = target.split('?');
  const filter = compileFilter({ preset: 'strict', strict, allowInvalidUtf8: true });
  const request = { method: 'GET', target, path, query, headers: new HttpHeaders(headers) };
  return decideRequest(request, filter, 0)?.rule ?? 'ok';
}

describe('strict', () => {
  it('names the kind, the words and the place', () => {
    expect(decide('/?a=1&q=1%20or%201=1')).toBe('sql: "or" in query');
    expect(decide('/.git/config')).toBe('dotfiles: "/.git/" in path');
    expect(decide('/', { 'User-Agent': 'sqlmap/1.8' })).toBe('scanner: "sqlmap" in field user-agent');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an attack on log4j
    expect(decide('/', { Referer: '${jndi:ldap://a}' })).toBe('template: "${jndi:" in field referer');
    expect(decide('/', { Proxy: 'http://a' })).toBe('injection: the field in proxy');
  });

  it('adds up the signals of one value, and never those of several', () => {
    expect(decide('/?a=%3Csvg%20&b=onload=alert(1)')).toBe('ok');
    expect(decide('/?a=%3Csvg%20onload=alert(1)')).not.toBe('ok');
  });

  it('looks at the names of parameters too', () => {
    expect(decide('/?__proto__[a]=1')).toContain('injection');
    expect(decide('/?q=__proto__')).toBe('ok');
  });

  it('leaves out the kinds that it is told to', () => {
    expect(decide('/?q=1%20or%201=1', {}, { except: ['sql'] })).toBe('ok');
    expect(decide('/.git/config', {}, { except: ['dotfiles'] })).toBe('ok');
    expect(decide('/', { 'User-Agent': 'sqlmap/1.8' }, { except: ['scanner'] })).toBe('ok');
    expect(decide('/a/../../b', {}, { except: ['traversal'] })).toBe('ok');
  });

  it('searches the fields that it is told to', () => {
    const attack = { 'X-Name': '<script>alert(1)</script>' };
    expect(decide('/', attack)).toBe('ok');
    expect(decide('/', attack, { headers: ['x-name'] })).toBe('xss: "<script" in field x-name');
  });

  it('begins every request afresh', () => {
    const filter = compileFilter({ preset: 'strict' });
    const headers = new HttpHeaders();
    const ask = (query: string) =>
      decideRequest({ method: 'GET', target: `/?${query}`, path: '/', query, headers }, filter, 0) === null;
    expect([ask('q=%3Cscript%3E'), ask('q=%3Cscript%3E'), ask('q=%3Cscript%3E'), ask('q=alert()')]).toEqual([
      ...[true, true, true, true],
    ]);
  });

  it.each([
    ['an encoded slash', '/a/..%2f..%2fx'],
    ['an encoded dot', '/a/%2e%2e/x'],
    ['double encoding', '/a/%252e%252e/x'],
    ['overlong UTF-8', '/a/%c0%ae%c0%ae/x'],
    ['a backslash', '/a/..\\x'],
    ['parameters of a segment', '/a/..;/x'],
    ['more steps up than down', '/a/../../x'],
  ])('refuses steps up that are hidden by %s', (_how, path) => {
    expect(decide(path)).toContain('traversal');
  });

  it('lets plain steps up inside of the site through, since clients send them', () => {
    expect(decide('/a/b/../c.css')).toBe('ok');
  });

  it('knows no attack in .well-known', () => {
    expect(decide('/.well-known/security.txt')).toBe('ok');
    expect(decide('/.well-known/../.git/config')).not.toBe('ok');
  });
});
