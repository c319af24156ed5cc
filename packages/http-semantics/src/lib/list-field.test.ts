import { describe, expect, it } from 'vitest';
import { parseListField } from './list-field.ts';

describe('parseListField()', () => {
  it.each([
    ['', []],
    [' , ,\t,', []],
    ['a, b ,c', ['a', 'b', 'c']],
    ['"a,b", c', ['"a,b"', 'c']],
    ['"a\\",b", c', ['"a\\",b"', 'c']],
    ['a="x,y";b, c', ['a="x,y";b', 'c']],
    ['a, "b, c', ['a', '"b, c']],
    ['a, "b\\', ['a', '"b\\']],
    ['a\\, b', ['a\\', 'b']],
  ])('splits %j (RFC 9110 §5.6.1)', (value, expected) => expect(parseListField(value)).toEqual(expected));
});
