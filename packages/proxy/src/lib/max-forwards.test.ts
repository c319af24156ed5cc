import { describe, expect, it } from 'vitest';
import { nextMaxForwards } from './max-forwards.ts';

describe('nextMaxForwards() (RFC 9110 §7.6.2)', () => {
  it.each<[string, string | undefined, number | null]>([
    ['OPTIONS', '0', -1],
    ['OPTIONS', '3', 2],
    ['TRACE', '0', -1],
    ['OPTIONS', '99999999999999999999', 999_999_999],
    ['OPTIONS', undefined, null],
    ['OPTIONS', '-1', null],
    ['OPTIONS', '1, 2', null],
    ['GET', '0', null],
  ])('%s with %s: %s', (method, value, expected) => {
    expect(nextMaxForwards(method, value)).toBe(expected);
  });
});
