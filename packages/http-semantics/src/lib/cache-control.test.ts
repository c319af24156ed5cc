import { describe, expect, it } from 'vitest';
import { type CacheControl, formatCacheControl, parseCacheControl } from './cache-control.ts';

describe('parseCacheControl()', () => {
  it.each<[string, CacheControl]>([
    ['', {}],
    ['max-age=60, Public', { maxAgeSeconds: 60, public: true }],
    ['s-maxage="120"', { sMaxageSeconds: 120 }],
    ['max-age=2147483649', { maxAgeSeconds: 2 ** 31 }],
    ['max-age=999999999999999999999999', { maxAgeSeconds: 2 ** 31 }],
    ['max-age=60, max-age=10, max-age=90', { maxAgeSeconds: 10 }],
    ['min-fresh=5, min-fresh=9', { minFreshSeconds: 9 }],
    ['max-stale', { maxStaleSeconds: 2 ** 31 }],
    ['max-stale=10, max-stale', { maxStaleSeconds: 10 }],
    ['max-stale, max-stale=10', { maxStaleSeconds: 10 }],
    ['no-cache', { noCache: true }],
    ['no-cache="Set-Cookie, X-A"', { noCache: ['set-cookie', 'x-a'] }],
    ['no-cache="a", no-cache="b,a"', { noCache: ['a', 'b'] }],
    ['no-cache="a", no-cache', { noCache: true }],
    ['no-cache, no-cache="a"', { noCache: true }],
    ['private=x-user', { private: ['x-user'] }],
    ['private=""', { private: true }],
    ['private="a b"', { private: true }],
    ['private="a', { private: true }],
    ['no-store=please', { noStore: true }],
    [
      'no-store, no-transform, must-revalidate, proxy-revalidate, must-understand, public, immutable, only-if-cached',
      {
        noStore: true,
        noTransform: true,
        mustRevalidate: true,
        proxyRevalidate: true,
        mustUnderstand: true,
        public: true,
        immutable: true,
        onlyIfCached: true,
      },
    ],
    ['stale-while-revalidate=30, stale-if-error=600', { staleWhileRevalidateSeconds: 30, staleIfErrorSeconds: 600 }],
    [
      'community="UCI", Foo, foo=2, __proto__=1',
      {
        extensions: new Map([
          ['community', 'UCI'],
          ['foo', null],
          ['__proto__', '1'],
        ]),
      },
    ],
    [', ,=1,max-age=1', { maxAgeSeconds: 1 }],
  ])('reads %j (RFC 9111 §5.2)', (value, expected) => expect(parseCacheControl(value)).toEqual(expected));

  it.each([
    'max-age',
    'max-age=',
    'max-age=-1',
    'max-age=1.5',
    'max-age=abc',
    'max-age = 60',
    'max-age=60 x',
    'max-age="60',
  ])('takes %j for 0, which is stale', (value) => expect(parseCacheControl(value).maxAgeSeconds).toBe(0));

  it('does not find directives inside quoted arguments', () => {
    expect(parseCacheControl('ext="a, no-store, max-age=5"')).toEqual({
      extensions: new Map([['ext', 'a, no-store, max-age=5']]),
    });
  });
});

describe('formatCacheControl()', () => {
  it.each<[CacheControl, string]>([
    [{}, ''],
    [{ public: true, maxAgeSeconds: 31_536_000, immutable: true }, 'public, immutable, max-age=31536000'],
    [{ noCache: ['set-cookie', 'x-a'], private: true }, 'no-cache="set-cookie, x-a", private'],
    [{ maxAgeSeconds: Number.POSITIVE_INFINITY }, 'max-age=2147483648'],
    [
      {
        extensions: new Map([
          ['a', null],
          ['b', 'c d'],
        ]),
      },
      'a, b="c d"',
    ],
  ])('writes %j', (directives, expected) => {
    expect(formatCacheControl(directives)).toBe(expected);
    if (directives.maxAgeSeconds !== Number.POSITIVE_INFINITY) expect(parseCacheControl(expected)).toEqual(directives);
  });

  it.each<[CacheControl, string]>([
    [{ maxAgeSeconds: -1 }, 'SEMANTICS_INVALID_DELTA_SECONDS'],
    [{ maxAgeSeconds: 0.5 }, 'SEMANTICS_INVALID_DELTA_SECONDS'],
    [{ maxAgeSeconds: Number.NaN }, 'SEMANTICS_INVALID_DELTA_SECONDS'],
    [{ private: ['a\r\nb'] }, 'SEMANTICS_INVALID_TOKEN'],
    [{ extensions: new Map([['a b', null]]) }, 'SEMANTICS_INVALID_TOKEN'],
  ])('throws for %j', (directives, code) => {
    expect(() => formatCacheControl(directives)).toThrow(expect.objectContaining({ code }));
  });
});
