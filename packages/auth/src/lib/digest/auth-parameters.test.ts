import { describe, expect, it } from 'vitest';
import { parseAuthParameters } from './auth-parameters.ts';

describe('parseAuthParameters()', () => {
  it.each([
    ['a=b, C="d \\" e",,f = g ', { a: 'b', c: 'd " e', f: 'g' }],
    ['', {}],
    [' , ', {}],
  ])('parses %j', (text, expected) => {
    expect(Object.fromEntries(parseAuthParameters(text)!)).toEqual(expected);
  });

  it.each(['a', 'a=', 'a="b', 'a=b c=d', 'a=b, a=c', '='])('finds no parameters in %j', (text) => {
    expect(parseAuthParameters(text)).toBeNull();
  });

  it('takes a time that grows with the text, and not with its square: white space before what is wrong', () => {
    // With its square, the longest of these would take some minutes.
    for (const size of [1_000, 30_000, 1_000_000]) expect(parseAuthParameters(`a=b,${' '.repeat(size)}(`)).toBeNull();
  });
});
