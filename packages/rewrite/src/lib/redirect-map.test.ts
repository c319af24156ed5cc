import { describe, expect, it } from 'vitest';
import { RedirectMap, type RedirectMapOptions } from './redirect-map.ts';

function find(text: string, url: string, options?: RedirectMapOptions): string | null {
  const [path, query = null] = url.split('?') as [string, string?];
  const found = new RedirectMap(text, options).find({ path, query });
  return found === null ? null : `${found.status} ${found.location}`;
}

describe('RedirectMap', () => {
  it.each<[string, string, string | null]>([
    ['/old,/new', '/old', '301 /new'],
    ['/old\t/new\n', '/old', '301 /new'],
    ['/old   /new 302', '/old', '302 /new'],
    ['# moved\n\n"/old" , "/new" , 308\r\n', '/old', '308 /new'],
    ['/old /new;', '/old', '301 /new'],
    ['\uFEFF/old,/new', '/old', '301 /new'],
    ['/old,https://new.example/', '/old?a=1', '301 https://new.example/?a=1'],
    ['/old,/new?b=2#c', '/old?a=1', '301 /new?b=2&a=1#c'],
    ['/old?id=5,/five\n/old,/all', '/old?id=5', '301 /five'],
    ['/old?id=5,/five\n/old,/all', '/old?id=6', '301 /all?id=6'],
    ['/caf%c3%a9,/x', '/caf%C3%A9', '301 /x'],
    ['/café,/x', '/caf%C3%A9', '301 /x'],
    ['old,new\n/old,/new', '/old', '301 /new'],
    ['"/a,b.html",/ab,302', '/a,b.html', '302 /ab'],
    ['"/a b" /ab', '/a%20b', '301 /ab'],
    ['/old,/new', '/older', null],
    ['/old,/new', '/OLD', null],
  ])('%j: %s leads to %s', (text, url, expected) => {
    expect(find(text, url)).toBe(expected);
  });

  it('ignores case, drops queries and sends another status if asked to', () => {
    expect(find('/Old,/new', '/oLD', { ignoreCase: true })).toBe('301 /new');
    expect(find('/old,/new', '/old?a', { query: 'drop', status: 308 })).toBe('308 /new');
  });

  it.each([
    ['/a,/b\n/old', 'moved.csv:2: expected an old and a new address'],
    ['old,/new', 'moved.csv:1: expected a path that begins with /'],
    ['/old,new', 'expected a path that begins with one /, or an http address'],
    ['/old,//evil.example', 'expected a path that begins with one /'],
    ['/old,javascript:alert(1)', 'expected a path'],
    ['/old,/néw', 'in its encoded form'],
    ['/old,/new,303x', 'expected 301, 302'],
    ['/a,/b\n/a,/c', 'moved.csv:2: /a stands in line 1 too'],
    ['/a%zz,/b', 'every % begins an escape'],
    ['/a\n/b,/c\nx,/y', 'moved.csv:1: expected an old and a new address, found "/a"; moved.csv:3: expected a path'],
    ['/a,/b\n/b,/c\n/c,/b?x', 'the redirects go in a circle: /b → /c → /b'],
    ['/a,/a', 'circle: /a → /a'],
    ['/x,/%78', 'circle: /x → /x'],
    ['/x,/y/../x', 'circle'],
  ])('refuses %j: %s', (text, why) => {
    expect(() => new RedirectMap(text, { source: 'moved.csv' })).toThrow(
      expect.objectContaining({ code: 'REWRITE_MAP_INVALID', message: expect.stringContaining(why) }),
    );
  });

  it('takes a long chain for no circle', () => {
    const lines = Array.from({ length: 1000 }, (_, index) => `/p${index},/p${index + 1}`);
    expect(find(lines.join('\n'), '/p0')).toBe('301 /p1');
  });
});
