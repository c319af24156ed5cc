import { describe, expect, it } from 'vitest';
import { parseCookies } from './parse-cookies.ts';

describe('parseCookies()', () => {
  it.each<[string, [string, string][]]>([
    ['', []],
    [
      'a=1; b=2',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    [
      'a=1;b=2;',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    ['a=1; a=2', [['a', '1']]],
    ['a=; a=2', [['a', '']]],
    [' a = 1 2 ', [['a', '1 2']]],
    ['a=b=c==', [['a', 'b=c==']]],
    [
      'a="1; b=2"',
      [
        ['a', '"1'],
        ['b', '2"'],
      ],
    ],
    ['a="x y"', [['a', '"x y"']]],
    ['a=%20%zz', [['a', '%20%zz']]],
    ['a; =b; ; c=3', [['c', '3']]],
    [
      '__proto__=1; constructor=2',
      [
        ['__proto__', '1'],
        ['constructor', '2'],
      ],
    ],
    [
      'A=1; a=2',
      [
        ['A', '1'],
        ['a', '2'],
      ],
    ],
  ])('reads %j', (value, expected) => expect([...parseCookies(value)]).toEqual(expected));

  it('decodes %xx only when asked, and leaves what does not decode', () => {
    const cookies = parseCookies('a=%C3%A9%20; b=%zz; c=%ff', { percentDecode: true });
    expect([...cookies.values()]).toEqual(['é ', '%zz', '%ff']);
  });
});
