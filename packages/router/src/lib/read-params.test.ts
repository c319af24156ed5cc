import { canonicalPath } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { parsePattern } from './pattern.ts';
import { type EncodedSlash, hasShape, readParams } from './read-params.ts';

const read = (template: string, path: string, encodedSlash: EncodedSlash = 'keep') => ({
  ...readParams(parsePattern(template), canonicalPath(path), encodedSlash),
});

describe('hasShape()', () => {
  it.each<[string, string, boolean]>([
    ['/', '/', true],
    ['/users', '/users', true],
    ['/users', '/users/', false],
    ['/users/', '/users', false],
    ['/users/:id', '/users/7', true],
    ['/users/:id', '/users/', false],
    ['/users/:id', '/users/7/', false],
    ['/users/:id/', '/users/7/', true],
    ['/:a/:b', '//x', false],
    ['/files/*', '/files', false],
    ['/files/*', '/files/', true],
    ['/files/*', '/files//x', true],
    ['/:a/*', '//x', false],
  ])('%s and %s: %j', (template, path, expected) => {
    expect(hasShape(parsePattern(template), path)).toBe(expected);
  });
});

describe('readParams()', () => {
  it('decodes once', () => {
    expect(read('/users/:name', '/users/caf%C3%A9')).toEqual({ name: 'café' });
    expect(read('/users/:name', '/users/a%2520b')).toEqual({ name: 'a%20b' });
    expect(read('/users/:name', '/users/%61')).toEqual({ name: 'a' });
  });

  it('gives the rest with its slashes', () => {
    expect(read('/files/*path', '/files/a/b%20c')).toEqual({ path: 'a/b c' });
    expect(read('/files/*path', '/files/')).toEqual({ path: '' });
    expect(read('/files/*path', '/files//a/')).toEqual({ path: '/a/' });
    expect(read('/files/*', '/files/a')).toEqual({});
  });

  it('keeps an encoded slash encoded, decodes it, or refuses it, as the route says', () => {
    expect(read('/:name', '/a%2fb%5cc%20d')).toEqual({ name: 'a%2Fb%5Cc d' });
    expect(read('/:name', '/a%2fb%5cc%20d', 'decode')).toEqual({ name: 'a/b\\c d' });
    expect(() => read('/:name', '/a%2fb', 'refuse')).toThrow(expect.objectContaining({ code: 'ROUTER_ENCODED_SLASH' }));
    expect(read('/:name', '/a%252Fb', 'refuse')).toEqual({ name: 'a%2Fb' });
  });

  it.each(['/%FF', '/%C3', '/%ED%A0%80', '/%C0%AF', '/a%2F%FF'])('answers 400 for %s, which is not UTF-8', (path) => {
    expect(() => read('/:name', path)).toThrow(expect.objectContaining({ code: 'ROUTER_PARAM_NOT_UTF8', status: 400 }));
  });

  it('gives an object that inherits nothing', () => {
    const params = readParams(parsePattern('/:constructor/:__proto__'), '/a/b', 'keep');
    expect(['toString' in params, Object.entries(params)]).toEqual([
      false,
      [
        ['constructor', 'a'],
        ['__proto__', 'b'],
      ],
    ]);
  });
});
