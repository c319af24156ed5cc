import { describe, expect, it } from 'vitest';
import { seededRandom } from './seeded-random.ts';

const take = (seed: number, count: number): number[] => Array.from({ length: count }, seededRandom(seed));

describe('seededRandom()', () => {
  it('repeats for the same seed and differs for another', () => {
    expect(take(7, 20)).toEqual(take(7, 20));
    expect(take(7, 20)).not.toEqual(take(8, 20));
  });

  it('is spread evenly over 0 to below 1', () => {
    const numbers = take(1, 10_000);
    const tenths = Array.from({ length: 10 }, (_, tenth) => numbers.filter((n) => Math.floor(n * 10) === tenth).length);
    for (const count of tenths) expect(count).toBeGreaterThan(900);
    expect(tenths.reduce((sum, count) => sum + count, 0)).toBe(10_000);
  });
});
