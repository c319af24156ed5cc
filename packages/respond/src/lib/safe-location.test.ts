import { describe, expect, it } from 'vitest';
import { type LocationOptions, safeLocation } from './safe-location.ts';

describe('safeLocation()', () => {
  it.each([
    '/',
    '/a/b?x=1&y=//z#top',
    '/a//b',
    '/a/../b',
    '?page=2',
    '#top',
    '/%2F/evil.example',
    '/@evil.example',
    '/http://evil.example',
    '/:80',
  ])('lets %s through as it is', (location) => expect(safeLocation(location)).toBe(location));

  it('escapes characters beyond ASCII, and nothing twice', () => {
    expect(safeLocation('/café?q=é%20x')).toBe('/caf%C3%A9?q=%C3%A9%20x');
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['a relative path', 'a/b'],
    ['another host', '//evil.example'],
    ['another host after slashes', '///evil.example'],
    ['another host after dots', '/.//evil.example'],
    ['another host above the root', '/..//evil.example'],
    ['another host after encoded dots', '/%2e%2e//evil.example'],
    ['a backslash', '/\\evil.example'],
    ['two backslashes', '\\\\evil.example'],
    ['a tab that browsers drop', '/\t/evil.example'],
    ['a line break that browsers drop', '/\n/evil.example'],
    ['a header of its own', '/a\r\nSet-Cookie: a=b'],
    ['a NUL', '/a\0'],
    ['a DEL', '/a\x7f'],
    ['a space in front', ' //evil.example'],
    ['a space within', '/a b'],
    ['wide slashes', '／／evil.example'],
    ['half a surrogate pair', '/a\ud800'],
    ['a URL', 'https://evil.example/'],
    ['a URL without slashes', 'https:evil.example'],
    ['a script', 'javascript:alert(1)'],
    ['a script in disguise', 'JaVaScript:alert(1)'],
    ['data', 'data:text/html,x'],
    ['a file', 'file:///etc/passwd'],
    ['another site’s blob', 'blob:https://evil.example/x'],
  ])('refuses %s', (_, location) => expect(safeLocation(location)).toBeNull());

  const options: LocationOptions = { origins: ['https://login.example', 'http://localhost:8080'] };

  it.each([
    ['https://login.example', 'https://login.example/'],
    ['https://LOGIN.example:443/a?b#c', 'https://login.example/a?b#c'],
    ['http://localhost:8080/x', 'http://localhost:8080/x'],
    ['/here', '/here'],
  ])('lets %s lead to an origin that is named', (location, sent) => expect(safeLocation(location, options)).toBe(sent));

  it.each([
    'http://login.example/',
    'https://login.example:8443/',
    'https://login.example.evil.example/',
    'https://login.example@evil.example/',
    'https://user@login.example/',
    'https://user:secret@login.example/',
    'https://sub.login.example/',
    'https:\\\\login.example',
    '//login.example/',
  ])('does not take %s for one of them', (location) => expect(safeLocation(location, options)).toBeNull());

  it('leads to any http and https URL where that is said, and to nothing else', () => {
    const any: LocationOptions = { origins: 'any' };
    expect(safeLocation('https://a.example/b', any)).toBe('https://a.example/b');
    expect(safeLocation('ftp://a.example/b', any)).toBeNull();
    expect(safeLocation('javascript:alert(1)', any)).toBeNull();
    expect(safeLocation('//a.example/b', any)).toBeNull();
    expect(safeLocation('https://a@b.example/', any)).toBeNull();
  });

  it.each(['login.example', 'https://login.example/', 'https://*.example', 'ftp://a.example', 'null', ''])(
    'throws for %j, which is no origin',
    (origin) => {
      expect(() => safeLocation('/', { origins: [origin] })).toThrow(
        expect.objectContaining({ code: 'RESPOND_OPTION_INVALID' }),
      );
    },
  );
});
