import { describe, expect, it } from 'vitest';
import { RateWatch } from './rate-watch.ts';

describe('RateWatch', () => {
  it('judges a window when it is full, and begins the next', () => {
    const watch = new RateWatch(100, 1000, 50);
    expect(watch.start(0)).toBe(1000);
    expect(watch.isTooSlow(999, 50)).toBe(false);
    expect(watch.isTooSlow(1000, 150)).toBe(false); // 100 bytes in a second
    expect(watch.isTooSlow(1500, 150)).toBe(false);
    expect(watch.isTooSlow(2000, 249)).toBe(true); // 99
  });

  it('counts only the time in which somebody waits', () => {
    const watch = new RateWatch(100, 1000, 0);
    watch.start(0);
    watch.stop(400);
    expect(watch.start(10_000)).toBe(600);
    expect(watch.isTooSlow(10_599, 0)).toBe(false);
    watch.stop(10_599);
    expect(watch.start(20_000)).toBe(1);
    expect(watch.isTooSlow(20_001, 0)).toBe(true);
  });

  it('finds nothing too slow at a rate of 0', () => {
    const watch = new RateWatch(0, 10, 0);
    watch.start(0);
    expect(watch.isTooSlow(1e6, 0)).toBe(false);
  });
});
