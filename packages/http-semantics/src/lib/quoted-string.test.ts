import { describe, expect, it } from 'vitest';
import { formatQuotedString, parseQuotedString } from './quoted-string.ts';

describe('parseQuotedString()', () => {
  it.each([
    ['""', ''],
    ['"a b\t"', 'a b\t'],
    ['"a\\"b\\\\c\\d"', 'a"b\\cd'],
    ['"\xe9"', '\xe9'],
  ])('reads %j', (text, expected) => expect(parseQuotedString(text)).toBe(expected));

  it.each(['', 'a', '"', '"a', '"a\\"', '"a\\', '"a"b', ' "a"', '"a\n"', '"\x7f"', '"\\\0"'])('refuses %j', (text) => {
    expect(parseQuotedString(text)).toBeNull();
  });
});

describe('formatQuotedString()', () => {
  it.each(['', 'a', 'a"b\\c', '\t\xff'])('writes what parseQuotedString() reads back: %j', (value) => {
    expect(parseQuotedString(formatQuotedString(value))).toBe(value);
  });

  it.each(['a\r\nb', '\0', '\x7f', '€'])('throws for %j', (value) => {
    expect(() => formatQuotedString(value)).toThrow(
      expect.objectContaining({ code: 'SEMANTICS_INVALID_QUOTED_STRING' }),
    );
  });
});
