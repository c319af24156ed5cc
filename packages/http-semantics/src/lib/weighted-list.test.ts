import { describe, expect, it } from 'vitest';
import { parseAcceptEncoding, parseAcceptLanguage } from './weighted-list.ts';

describe('parseAcceptEncoding()', () => {
  it.each([
    ['', []],
    ['gzip', [['gzip', 1]]],
    [
      'GZip ; Q=0.5, br;q=1.000, *;q=0',
      [
        ['gzip', 0.5],
        ['br', 1],
        ['*', 0],
      ],
    ],
    ['gzip;q=0.', [['gzip', 0]]],
    ['gzip;x=y;q=0.25', [['gzip', 0.25]]],
    ['gzip;q=1.1, br;q=-1, a;q=0.1234, b;q=, c;q=x, d;q=1e0, e;q=.5, zstd', [['zstd', 1]]],
    ['gzip br, ;q=1, deflate;q=0.3;q=0.4', []],
  ])('reads %j', (value, expected) => {
    expect(parseAcceptEncoding(value).map((entry) => [entry.value, entry.quality])).toEqual(expected);
  });
});

describe('parseAcceptLanguage()', () => {
  it('gives ranges in lower case', () => {
    expect(parseAcceptLanguage('en-GB, de;q=0.5')).toEqual([
      { value: 'en-gb', quality: 1 },
      { value: 'de', quality: 0.5 },
    ]);
  });
});
