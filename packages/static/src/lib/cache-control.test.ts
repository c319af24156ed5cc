import { describe, expect, it } from 'vitest';
import { isCacheControl, toCacheControl } from './cache-control.ts';

describe('toCacheControl()', () => {
  it('asks before a copy is used, unless told otherwise', () => {
    expect(toCacheControl()('a.txt')).toBe('no-cache');
  });

  it('gives one value to all files, or none', () => {
    expect(toCacheControl('max-age=60')('a/b.txt')).toBe('max-age=60');
    expect(toCacheControl(null)('a/b.txt')).toBeNull();
  });

  it('writes immutable out', () => {
    expect(toCacheControl('immutable')('a')).toBe('public, max-age=31536000, immutable');
  });

  it.each([
    ['assets/app-BcD3f9aZ.js', 'public, max-age=31536000, immutable'],
    ['assets/deep/app.css', 'public, max-age=31536000, immutable'],
    ['assetsx/app.css', 'no-cache'],
    ['index.html', 'no-store'],
    ['docs/index.html', 'no-store'],
    ['icons/logo.svg', 'max-age=60'],
    ['icons/deep/logo.svg', 'no-cache'],
    ['robots.txt', null],
    ['other', 'no-cache'],
  ])('finds the first pattern that matches %s', (path, value) => {
    const option = {
      '/assets/**': 'immutable',
      '*.html': 'no-store',
      'icons/*.{svg,png}': 'max-age=60',
      'robots.txt': null,
    };
    expect(toCacheControl(option)(path)).toBe(value);
  });

  it('asks a function about each path', () => {
    expect(toCacheControl((path) => `max-age=${path.length}`)('abc')).toBe('max-age=3');
  });
});

describe('isCacheControl()', () => {
  it('refuses values that are no text', () => {
    expect([isCacheControl({ '*.html': 60 }), isCacheControl(60), isCacheControl(['a'])]).toEqual([
      false,
      false,
      false,
    ]);
    expect([isCacheControl({ '*.html': 'no-cache' }), isCacheControl(null)]).toEqual([true, true]);
  });
});
