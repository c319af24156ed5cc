import { describe, expect, it } from 'vitest';
import { formatSize, meantSize, parseSize } from './size.ts';

describe('parseSize()', () => {
  it.each([
    ['500B', 500],
    ['64KB', 64_000],
    ['64KiB', 65_536],
    ['10MB', 10_000_000],
    ['10MiB', 10_485_760],
    ['1GB', 1_000_000_000],
    ['1GiB', 1_073_741_824],
    ['2TB', 2_000_000_000_000],
    ['2TiB', 2_199_023_255_552],
    ['1.5MB', 1_500_000],
    ['0.5KiB', 512],
    ['0B', 0],
    [65_536, 65_536],
    [0, 0],
  ])('reads %j as %d bytes', (written, bytes) => {
    expect(parseSize(written)).toBe(bytes);
  });

  it.each([
    ['small letters', '10mb'],
    ['a small k', '64kB'],
    ['bits', '10Mb'],
    ['a letter alone', '10M'],
    ['the minutes of a duration', '30m'],
    ['a number in quotes', '30'],
    ['a space', '10 MB'],
    ['a negative one', '-1KB'],
    ['a negative number', -1],
    ['a part of a byte', '0.3KiB'],
    ['a part of a byte as a number', 0.5],
    ['an exponent', '1e3KB'],
    ['a rate', '2MB/s'],
    ['infinity', Number.POSITIVE_INFINITY],
    ['infinity as text', 'Infinity'],
    ['more than a number can hold exactly', '9000TiB'],
    ['a name that objects inherit', '1toString'],
    ['null', null],
    ['a list', [1]],
  ])('refuses %s', (_what, written) => {
    expect(parseSize(written)).toBeUndefined();
  });
});

describe('formatSize()', () => {
  it.each([
    [0, '0B'],
    [1, '1B'],
    [1500, '1500B'],
    [64_000, '64KB'],
    [65_536, '64KiB'],
    [30_000_000, '30MB'],
    [1_024_000, '1000KiB'],
    [1_073_741_824, '1GiB'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991B'],
  ])('writes %d bytes as %s, which is read as the same', (bytes, written) => {
    expect([formatSize(bytes), parseSize(written)]).toEqual([written, bytes]);
  });
});

describe('meantSize()', () => {
  it.each([
    ['10mb', '10MB'],
    ['10 MB', '10MB'],
    ['64kB', '64KB'],
    ['64k', '64KB'],
    ['30m', '30MB'],
    ['2Gi', '2GiB'],
    ['10mib', '10MiB'],
    ['100 bytes', '100B'],
    ['30', '30B'],
  ])('takes %j for %s', (written, meant) => {
    expect(meantSize(written)).toBe(meant);
  });

  it.each(['30s', '-1KB', 'large', '', '10MB', 10, null])('has no guess for %j', (written) => {
    expect(meantSize(written)).toBeUndefined();
  });
});
