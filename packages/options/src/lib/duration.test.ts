import { describe, expect, it } from 'vitest';
import { formatDuration, meantDuration, parseDuration } from './duration.ts';

describe('parseDuration()', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
    ['0s', 0],
    ['1.5h', 5_400_000],
    ['1.50s', 1500],
    ['1.005s', 1005], // 1004.9999999999999 in floating point
    ['0.001s', 1],
    [250, 250],
    [0, 0],
    [-0, 0],
    ['9007199254740991ms', Number.MAX_SAFE_INTEGER],
  ])('reads %j as %d ms', (written, durationMs) => {
    expect(parseDuration(written)).toBe(durationMs);
  });

  it.each([
    ['a number in quotes, which has no unit', '30'],
    ['a space', '30 s'],
    ['a space around', ' 30s'],
    ['a line break at the end', '30s\n'],
    ['a negative one', '-5s'],
    ['a sign', '+5s'],
    ['a negative number', -1],
    ['a part of a millisecond', '0.5ms'],
    ['a part of a millisecond as a number', 1.5],
    ['an exponent', '1e3s'],
    ['a hexadecimal number', '0x10s'],
    ['a leading zero', '030s'],
    ['no digit before the point', '.5s'],
    ['no digit behind the point', '5.s'],
    ['separators', '1_000ms'],
    ['a comma', '1,5h'],
    ['a unit in capitals', '5M'],
    ['a unit as a word', '5min'],
    ['the unit of a size', '5MB'],
    ['two units', '1h30m'],
    ['a unit alone', 's'],
    ['a name that objects inherit', '1constructor'],
    ['other digits', '٣s'],
    ['infinity', Number.POSITIVE_INFINITY],
    ['infinity as text', 'Infinity'],
    ['infinity with a unit', 'Infinitys'],
    ['what is no number', Number.NaN],
    ['more than a number can hold exactly', '9007199254740992ms'],
    ['more digits than there is room for', `${'9'.repeat(100_000)}s`],
    ['nothing', ''],
    ['null', null],
    ['undefined', undefined],
    ['true', true],
    ['a list', ['30s']],
  ])('refuses %s', (_what, written) => {
    expect(parseDuration(written)).toBeUndefined();
  });
});

describe('formatDuration()', () => {
  it.each([
    [0, '0ms'],
    [1, '1ms'],
    [1500, '1500ms'],
    [30_000, '30s'],
    [90_000, '90s'],
    [5_400_000, '90m'],
    [3_600_000, '1h'],
    [172_800_000, '2d'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991ms'],
  ])('writes %d ms as %s, which is read as the same', (durationMs, written) => {
    expect([formatDuration(durationMs), parseDuration(written)]).toEqual([written, durationMs]);
  });
});

it.each([
  [1.5, '1.5ms'],
  [Number.NaN, 'NaNms'],
  [Number.POSITIVE_INFINITY, 'Infinityms'],
  [-30_000, '-30s'],
])('formatDuration() writes something for %d too, which is no duration to read', (durationMs, written) => {
  expect([formatDuration(durationMs), parseDuration(written)]).toEqual([written, undefined]);
});

describe('meantDuration()', () => {
  it.each([
    ['30 s', '30s'],
    ['30S', '30s'],
    ['30 sec', '30s'],
    ['5 minutes', '5m'],
    ['5min', '5m'],
    ['1 hour', '1h'],
    ['2 Days', '2d'],
    ['1.5 hrs', '1.5h'],
    ['030s', '30s'],
    ['30', '30s'],
    ['0.5', '0.5s'],
  ])('takes %j for %s', (written, meant) => {
    expect(meantDuration(written)).toBe(meant);
  });

  it.each(['5MB', '-5s', '1e3s', 'soon', '', '1constructor', '30s', 30, null])('has no guess for %j', (written) => {
    expect(meantDuration(written)).toBeUndefined();
  });
});
