import { describe, expect, it } from 'vitest';
import { formatParameters, parseParameters } from './parameters.ts';

describe('parseParameters()', () => {
  it.each([
    ['', {}],
    [';a=b;c="d"', { a: 'b', c: 'd' }],
    [' ; A=B ; c="d;e" ', null],
    [' ; A=B ; c="d;e"', { a: 'B', c: 'd;e' }],
    [';;a=b; ;', { a: 'b' }],
    ['; ', {}],
    [';__proto__=x', { ['__proto__']: 'x' }],
    [';a', null],
    [';a=', null],
    [';a =b', null],
    [';a= b', null],
    [';a=b c', null],
    [';a="b', null],
    [';a=1;A=2', null],
    ['a=b', null],
  ])('reads %j', (text, expected) => {
    const parameters = parseParameters(text);
    expect(parameters && [...parameters]).toEqual(expected && Object.entries(expected));
  });
});

describe('formatParameters()', () => {
  it('quotes a value that is not a token', () => {
    expect(
      formatParameters(
        new Map([
          ['a', 'b'],
          ['c', 'd "e"'],
          ['f', ''],
        ]),
      ),
    ).toBe('; a=b; c="d \\"e\\""; f=""');
  });

  it.each([
    ['a b', 'c', 'SEMANTICS_INVALID_TOKEN'],
    ['a', 'b\r\nc', 'SEMANTICS_INVALID_QUOTED_STRING'],
  ])('throws for %j=%j', (name, value, code) => {
    expect(() => formatParameters(new Map([[name, value]]))).toThrow(expect.objectContaining({ code }));
  });
});
