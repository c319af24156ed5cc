import { HttpRequest } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { locateFile } from './locate-file.ts';
import { resolveOptions, type StaticOptions } from './options.ts';

const locate = (target: string, options: StaticOptions = {}, method = 'GET'): unknown => {
  const facts = { httpVersion: '1.1', scheme: 'http', headers: [], host: 'a', body: null, upgrade: null } as const;
  return locateFile(new HttpRequest({ ...facts, headers: [], method, target }), resolveOptions('/srv', options));
};

describe('locateFile()', () => {
  it.each([
    ['/', [], true],
    ['/a.txt', ['a.txt'], false],
    ['/a/b/', ['a', 'b'], true],
    ['/caf%C3%A9%20x', ['café x'], false],
    ['/a%252fb', ['a%2fb'], false],
    ['/a/%2e%2e/b', ['b'], false],
  ])('%s is %j', (target, names, hasSlash) => {
    expect(locate(target)).toEqual({ names, hasSlash });
  });

  it('answers GET and HEAD only', () => {
    expect(locate('/a', {}, 'HEAD')).not.toBeNull();
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'get']) expect(locate('/a', {}, method)).toBeNull();
  });

  it.each(['/%FF', '//a', '/a//b', '//', '/a%2Fb', '/a%5Cb', '/a:b', '/con.txt', '/a.', '/a%20'])(
    'finds nothing under %s',
    (target) => {
      expect(locate(target)).toBeNull();
    },
  );

  it('hides names that begin with a dot, wherever they stand', () => {
    for (const target of ['/.env', '/.git/config', '/a/.b/c', '/%2Egit', '/a/.well-known/x', '/.well-known/.b']) {
      expect(locate(target)).toBeNull();
      expect(locate(target, { dotfiles: 'serve' })).not.toBeNull();
    }
  });

  it('shows .well-known at the top (RFC 8615)', () => {
    expect(locate('/.well-known/security.txt')).toEqual({ names: ['.well-known', 'security.txt'], hasSlash: false });
    expect(locate('/.well-known2/a')).toBeNull();
  });

  it.each([
    ['/assets', [], false],
    ['/assets/', [], true],
    ['/assets/a.txt', ['a.txt'], false],
    ['/%61ssets/a.txt', ['a.txt'], false],
    ['/x/../assets/a.txt', ['a.txt'], false],
  ])('strips the prefix from %s', (target, names, hasSlash) => {
    for (const prefix of ['/assets', '/assets/']) expect(locate(target, { prefix })).toEqual({ names, hasSlash });
  });

  it.each(['/', '/assetsx/a', '/asset', '/a/assets/a', '/Assets/a', '/assets/../a', '//assets/a', '/assets//a'])(
    'finds nothing under %s: a prefix is whole segments',
    (target) => {
      expect(locate(target, { prefix: '/assets' })).toBeNull();
    },
  );

  it('strips a prefix of several segments, encoded or not', () => {
    for (const prefix of ['/my files/v1'.replace(' ', '%20'), '/my%20files/%761/']) {
      expect(locate('/my%20files/v1/a', { prefix })).toEqual({ names: ['a'], hasSlash: false });
    }
  });

  it('takes no promise for the yes of allow: an async function allows nothing', () => {
    const allow = (async () => false) as unknown as () => boolean;
    expect(locate('/a.js', { allow })).toBeNull();
  });

  it('asks allow about the path below the folder', () => {
    const seen: string[] = [];
    const allow = (path: string): boolean => seen.push(path) > 0 && path !== 'a/b.map';
    expect(locate('/x/a/b.map', { prefix: '/x', allow })).toBeNull();
    expect(locate('/x/a/b.js', { prefix: '/x', allow })).not.toBeNull();
    expect(seen).toEqual(['a/b.map', 'a/b.js']);
  });
});
