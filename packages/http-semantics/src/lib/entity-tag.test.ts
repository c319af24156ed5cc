import { describe, expect, it } from 'vitest';
import { formatETag, parseETag, parseETagList, strongCompare, weakCompare } from './entity-tag.ts';

describe('parseETag()', () => {
  it.each([
    ['"xyzzy"', 'xyzzy', false],
    ['W/"xyzzy"', 'xyzzy', true],
    ['""', '', false],
    ['"a,b"', 'a,b', false],
    ['"a\\"', 'a\\', false],
  ])('reads %j', (text, value, isWeak) => expect(parseETag(text)).toEqual({ value, isWeak }));

  it.each([
    '',
    'xyzzy',
    '"a',
    'a"',
    'w/"a"',
    'W/a',
    'W"a"',
    '"a" ',
    ' "a"',
    '"a b"',
    '"a"b"',
    '*',
    '"\x7f"',
    '"a", "b"',
  ])('refuses %j', (text) => expect(parseETag(text)).toBeNull());
});

describe('parseETagList()', () => {
  it.each([
    [
      '"a,b", W/"c" ,, "d"',
      [
        ['a,b', false],
        ['c', true],
        ['d', false],
      ],
    ],
    [' "a" ', [['a', false]]],
    ['', []],
  ])('reads %j', (value, expected) => {
    expect(parseETagList(value)).toEqual(expected.map(([tag, isWeak]) => ({ value: tag, isWeak })));
  });

  it.each(['*', ' * '])('reads %j as any', (value) => expect(parseETagList(value)).toBe('*'));

  it.each(['"a" "b"', '"a", b', '"a", *', '*, "a"', '"a", "b'])('refuses %j as a whole', (value) => {
    expect(parseETagList(value)).toBeNull();
  });
});

describe('formatETag()', () => {
  it('writes strong and weak tags', () => {
    expect(formatETag('a')).toBe('"a"');
    expect(formatETag('a', { weak: true })).toBe('W/"a"');
  });

  it.each(['a"b', 'a b', 'a\r\n', '€'])('throws for %j', (value) => {
    expect(() => formatETag(value)).toThrow(expect.objectContaining({ code: 'SEMANTICS_INVALID_ETAG' }));
  });
});

describe('strongCompare() and weakCompare()', () => {
  it.each([
    ['W/"1"', 'W/"1"', false, true],
    ['W/"1"', 'W/"2"', false, false],
    ['W/"1"', '"1"', false, true],
    ['"1"', '"1"', true, true],
  ])('compare %s and %s as RFC 9110 §8.8.3.2 says', (left, right, strong, weak) => {
    const [first, second] = [parseETag(left)!, parseETag(right)!];
    expect([strongCompare(first, second), weakCompare(first, second)]).toEqual([strong, weak]);
  });
});
