import { describe, expect, it } from 'vitest';
import { parseAge } from './age.ts';

describe('parseAge()', () => {
  it.each([
    ['0', 0],
    [' 60 ', 60],
    ['5, 10', 5],
    ['2147483648', 2 ** 31],
    ['2147483649', 2 ** 31],
    ['9'.repeat(500), 2 ** 31],
    ['', null],
    ['-1', null],
    ['1.5', null],
    ['+1', null],
    ['1e3', null],
    ['x, 5', null],
  ])('reads %j (RFC 9111 §5.1)', (value, expected) => expect(parseAge(value)).toBe(expected));
});
