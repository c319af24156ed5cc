import { describe, expect, it } from 'vitest';
import { formatByteRate, formatRate, meantByteRate, meantRate, parseByteRate, parseRate } from './rate.ts';

describe('parseRate()', () => {
  it.each([
    ['10/s', 10, 1000],
    ['100/m', 100, 60_000],
    ['1000/h', 1000, 3_600_000],
    ['5/d', 5, 86_400_000],
    ['500/15m', 500, 900_000],
    ['1/100ms', 1, 100],
  ])('reads %s as %d in %d ms, and formatRate() writes it so', (written, count, perMs) => {
    expect(parseRate(written)).toEqual({ count, perMs });
    expect(formatRate({ count, perMs })).toBe(written);
  });

  it.each([
    ['none at all', '0/s'],
    ['a number alone', '100'],
    ['a number', 100],
    ['a time of 0', '100/0s'],
    ['no time', '100/'],
    ['a time without a unit', '100/60'],
    ['spaces', '100 / m'],
    ['a fraction', '0.5/s'],
    ['a negative one', '-1/s'],
    ['an exponent', '1e3/s'],
    ['bytes', '2MB/s'],
    ['a word', '100/min'],
    ['two times', '1/s/m'],
    ['more than a number can hold exactly', '9007199254740993/s'],
    ['null', null],
  ])('refuses %s', (_what, written) => {
    expect(parseRate(written)).toBeUndefined();
  });
});

describe('meantRate()', () => {
  it.each([
    ['100/min', '100/m'],
    ['100 / m', '100/m'],
    ['100 per minute', '100/m'],
    ['10/sec', '10/s'],
    ['500/15 min', '500/15m'],
    ['10/2 hours', '10/2h'],
  ])('takes %j for %s', (written, meant) => {
    expect(meantRate(written)).toBe(meant);
  });

  it.each(['0/min', '100', '2MB/s', 'often', '1/fortnight', '', null, 100])('has no guess for %j', (written) => {
    expect(meantRate(written)).toBeUndefined();
  });
});

describe('parseByteRate()', () => {
  it.each([
    ['2MB/s', 2_000_000],
    ['500KiB/s', 512_000],
    ['1.5GB/s', 1_500_000_000],
    [64_000, 64_000],
  ])('reads %j as %d bytes per second', (written, bytes) => {
    expect(parseByteRate(written)).toBe(bytes);
    expect(parseByteRate(formatByteRate(bytes))).toBe(bytes);
  });

  it.each([
    ['none at all', '0B/s'],
    ['the number 0', 0],
    ['a size', '2MB'],
    ['another time', '2MB/m'],
    ['small letters', '2mb/s'],
    ['a space', '2MB /s'],
    ['a count', '100/s'],
    ['a negative number', -1],
    ['null', null],
  ])('refuses %s', (_what, written) => {
    expect(parseByteRate(written)).toBeUndefined();
  });
});

describe('meantByteRate()', () => {
  it.each([
    ['2MB', '2MB/s'],
    ['2mb/s', '2MB/s'],
    ['2 MB/s', '2MB/s'],
    ['2MB / sec', '2MB/s'],
    ['2MBps', '2MB/s'],
  ])('takes %j for %s', (written, meant) => {
    expect(meantByteRate(written)).toBe(meant);
  });

  it.each(['100/m', 'fast', '0B', '', null, 5])('has no guess for %j', (written) => {
    expect(meantByteRate(written)).toBeUndefined();
  });
});
