import { describe, expect, it } from 'vitest';
import type { CircuitBreaker } from './health/circuit-breaker.ts';
import { lastResort } from './last-resort.ts';

const now = 1000;
const each = (availableFrom: number, more: { isFull?: boolean; isDraining?: boolean; openUntil?: number } = {}) => {
  const { isFull = false, isDraining = false, openUntil } = more;
  const breaker = openUntil === undefined ? null : ({ openUntil } as CircuitBreaker);
  return { availableFrom, isFull, isDraining, breaker };
};

describe('lastResort()', () => {
  it('is the one that may be asked first', () => {
    const [late, soon] = [each(3000), each(2000)];
    expect(lastResort([late, soon], [], [], now)).toBe(soon);
  });

  it('is none that was tried, is full, drains, or has an open breaker', () => {
    const tried = each(2000);
    const others = [each(0, { isFull: true }), each(0, { isDraining: true }), each(0, { openUntil: 1001 })];
    expect(lastResort([tried, ...others], [], [tried], now)).toBeNull();
    const open = each(2500, { openUntil: 1000 }); // until now
    expect(lastResort([tried, ...others, open], [], [tried], now)).toBe(open);
  });

  it('is nobody while a candidate is only full', () => {
    const full = each(0, { isFull: true });
    const resting = each(2000);
    expect(lastResort([full, resting], [full], [], now)).toBeNull();
    expect(lastResort([full, resting], [full], [full], now)).toBe(resting);
  });
});
