import { describe, expect, it } from 'vitest';
import { acceptedCodings, canRead, formatCodings } from './accepted-codings.ts';

describe('acceptedCodings()', () => {
  it.each<[string | undefined, number, string]>([
    [undefined, 0, 'identity'],
    ['', 0, 'identity'],
    ['identity', 0, 'identity'],
    ['deflate, compress', 0, 'identity'],
    ['gzip, deflate, br, zstd', 7, 'br, zstd, gzip'],
    ['GZIP;q=0.1', 4, 'gzip'],
    ['gzip;q=0, br', 1, 'br'],
    ['*', 7, 'br, zstd, gzip'],
    ['*, br;q=0', 6, 'zstd, gzip'],
  ])('reads %j as %i', (value, accepted, text) => {
    expect([acceptedCodings(value), formatCodings(accepted)]).toEqual([accepted, text]);
  });

  it.each(['identity;q=0, gzip', '*;q=0', 'gzip, *;q=0'])(
    'has no bits for %j, which refuses plain content',
    (value) => {
      expect(acceptedCodings(value)).toBe(-1);
    },
  );
});

describe('canRead()', () => {
  it.each<[number, string | undefined, boolean]>([
    [0, undefined, true],
    [0, 'identity', true],
    [0, 'gzip', false],
    [4, 'gzip', true],
    [7, 'deflate', false],
    [7, 'gzip, br', false],
  ])('says of a client with %i and %j: %s', (accepted, coding, expected) => {
    expect(canRead(accepted, coding)).toBe(expected);
  });
});
