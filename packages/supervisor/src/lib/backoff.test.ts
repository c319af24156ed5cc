import { describe, expect, it } from 'vitest';
import { backoffDelay } from './backoff.ts';

describe('backoffDelay()', () => {
  const backoff = { initialMs: 200, maxMs: 30_000, resetMs: 10_000 };

  it.each([
    [0, 0],
    [1, 200],
    [2, 400],
    [3, 800],
    [8, 25_600],
    [9, 30_000],
    [10_000, 30_000],
  ])('after %i crashes in a row is %i ms', (failures, delayMs) => {
    expect(backoffDelay(failures, backoff)).toBe(delayMs);
  });

  it('never exceeds the limit, even at first', () => {
    expect(backoffDelay(1, { ...backoff, maxMs: 50 })).toBe(50);
  });
});
