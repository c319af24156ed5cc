import { describe, expect, it } from 'vitest';
import { DurationHistogram, durationBounds } from './duration-histogram.ts';

describe('DurationHistogram', () => {
  it('counts each duration below the first bound that is not smaller', () => {
    for (const ms of [0, 0.05, 0.1, 0.11, 1, 25, 100, 3000, 60_000, ...durationBounds]) {
      const histogram = new DurationHistogram();
      histogram.add(ms);
      const index = histogram.cumulative.indexOf(1);
      expect(durationBounds[index]! / Math.max(ms, 0.1), String(ms)).toBeGreaterThan(0.999);
      expect(durationBounds[index]! / Math.max(ms, 0.1), String(ms)).toBeLessThan(1.101);
    }
  });

  it('counts what takes longer than all bounds at the end', () => {
    const histogram = new DurationHistogram();
    histogram.add(3_600_000);
    histogram.add(1);
    expect([histogram.cumulative.at(-2), histogram.cumulative.at(-1)]).toEqual([1, 2]);
  });
});
