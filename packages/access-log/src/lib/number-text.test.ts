import { describe, expect, it } from 'vitest';
import { numberText, tenthsText } from './number-text.ts';

describe('numberText()', () => {
  it.each([
    [0, '0'],
    [200, '200'],
    [0.001, '0.001'],
    [0.0004, '0'],
    [1.5, '1.500'],
    [12.034, '12.034'],
    [0.9996, '1'],
    [2 ** 40 + 0.25, '1099511627776.250'],
  ])('writes %d as %s', (value, text) => {
    expect(numberText(value)).toBe(text);
    expect(Number(text)).toBeCloseTo(value, 3);
  });
});

describe('tenthsText()', () => {
  it.each([
    [0, '0.0'],
    [-1, '0.0'],
    [2.34, '2.3'],
    [0.97, '1.0'],
    [1234.56, '1234.6'],
  ])('writes %d as %s', (value, text) => {
    expect(tenthsText(value)).toBe(text);
  });
});
