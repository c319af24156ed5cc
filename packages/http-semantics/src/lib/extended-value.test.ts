import { describe, expect, it } from 'vitest';
import { formatExtendedValue, parseExtendedValue } from './extended-value.ts';

describe('parseExtendedValue()', () => {
  it.each([
    ["UTF-8''%c2%a3%20rates", '£ rates'],
    ["utf-8'en'a", 'a'],
    ["iso-8859-1'en'%A3%20rates", '£ rates'],
    ["UTF-8''%EF%BB%BFa", '\ufeffa'],
    ["UTF-8''", ''],
    ["UTF-8''%ff", null],
    ["UTF-8''%4", null],
    ["UTF-8''%zz", null],
    ["UTF-8''a b", null],
    ["UTF-8'a", null],
    ["utf-16''a", null],
    ['', null],
  ])('reads %j (RFC 8187 §3.2)', (text, expected) => expect(parseExtendedValue(text)).toBe(expected));
});

describe('formatExtendedValue()', () => {
  it('escapes all but attribute characters', () => {
    expect(formatExtendedValue("na\u00efve (1)*'%.txt")).toBe("UTF-8''na%C3%AFve%20%281%29%2A%27%25.txt");
  });
});
