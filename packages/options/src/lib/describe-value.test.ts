import { describe, expect, it } from 'vitest';
import { describeValue, isRecord, kindOf, showValue } from './describe-value.ts';

describe('describeValue()', () => {
  it.each([
    [undefined, 'nothing'],
    [null, 'nothing'],
    ['', '""'],
    ['yes', '"yes"'],
    [8080, '8080'],
    [false, 'false'],
    [[], 'an empty list'],
    [[1], 'a list'],
    [{ a: 1 }, 'a map'],
  ])('says of %j: %s', (value, said) => {
    expect(describeValue(value)).toBe(said);
  });

  it('cuts a text after 60 characters', () => {
    expect(describeValue('x'.repeat(1000))).toBe(`"${'x'.repeat(60)}…"`);
  });
});

describe('showValue()', () => {
  it.each([
    [-1, '-1'],
    [Number.NaN, 'NaN'],
    [true, 'true'],
    ['30', '"30"'],
    ['a\u001b[2Jb', '"a\\u001b[2Jb"'],
    [undefined, 'undefined'],
    [null, 'null'],
    [() => 1, 'a function'],
    [10n, 'a bigint'],
    [[1, 2], 'an Array'],
    [{}, '{}'],
    [{ host: 'a', port: 1 }, '{ host, port }'],
    [Promise.resolve(), 'a Promise'],
    [new Uint8Array(3), 'a Uint8Array'],
  ])('says of %o: %s', (value, said) => {
    expect(showValue(value)).toBe(said);
  });

  it.each(['http://user:password@host/', 'x'.repeat(61)])('does not show what may be a secret: %s', (value) => {
    expect(showValue(value)).toBe('a string');
  });
});

describe('kindOf()', () => {
  it('shows no values, only kinds and names', () => {
    expect([kindOf('secret'), kindOf(7), kindOf({ key: 'secret' })]).toEqual(['a string', 'a number', '{ key }']);
  });
});

describe('isRecord()', () => {
  it.each([{}, { a: 1 }, Object.create(null), new (class Options {})()])('takes %o', (value) => {
    expect(isRecord(value)).toBe(true);
  });

  it.each([null, undefined, 1, 'a', [], new Map(), Promise.resolve(), new Uint8Array(1), () => 1])(
    'refuses %o',
    (value) => {
      expect(isRecord(value)).toBe(false);
    },
  );
});
