import { createManualClock, seededRandom } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from './memory-store.ts';
import type { RateAlgorithm, RatePolicy } from './rate-policy.ts';

const policy = (algorithm: RateAlgorithm, more: Partial<RatePolicy> = {}): RatePolicy => ({
  algorithm,
  requests: 10,
  perMs: 1000,
  burst: 10,
  countsRefused: false,
  ...more,
});

/** Asks at these times, and gives back when a request was let in. */
function admitted(limit: RatePolicy, times: readonly number[]): number[] {
  const clock = createManualClock({ now: 1_000_000 });
  const store = createMemoryStore({ clock });
  let now = 0;
  return times.filter((time) => {
    clock.advance(time - now);
    now = time;
    return store.consume('key', limit, 1).isAllowed;
  });
}

/** The most that any span of that length has. */
function mostWithin(times: readonly number[], spanMs: number): number {
  let most = 0;
  for (let first = 0, last = 0; last < times.length; last++) {
    while (times[last]! - times[first]! >= spanMs) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

function greedyTimes(count: number, seed: number, meanMs: number): number[] {
  const random = seededRandom(seed);
  let time = 0;
  return Array.from({ length: count }, () => {
    time += random() < 0.02 ? 3000 * random() : meanMs * 2 * random();
    return time;
  });
}

describe('token-bucket', () => {
  it.each([
    [10, 10, 1000],
    [10, 1, 1000],
    [3, 7, 250],
    [1000, 20, 60_000],
    [7, 3, 333],
  ])('lets in at most rate and burst in any window (%i, burst %i, %i ms)', (requests, burst, perMs) => {
    const limit = policy('token-bucket', { requests, burst, perMs });
    for (const seed of [1, 2, 3]) {
      const times = admitted(limit, greedyTimes(20_000, seed, perMs / requests / 4));
      expect(mostWithin(times, perMs)).toBeLessThanOrEqual(requests + burst);
      expect(mostWithin(times, perMs / requests)).toBeLessThanOrEqual(1 + burst);
    }
  });

  it('uses at least 99 % of what is allowed while more is asked for', () => {
    const limit = policy('token-bucket', { requests: 100, burst: 1 });
    const times = admitted(
      limit,
      Array.from({ length: 100_000 }, (_, index) => index),
    ); // one each millisecond
    expect(times.length).toBeGreaterThanOrEqual(9_900);
    expect(times.length).toBeLessThanOrEqual(10_001);
  });

  it('says truly when the next one is allowed, and not a millisecond too late', () => {
    const clock = createManualClock({ now: 5_000 });
    const store = createMemoryStore({ clock });
    const limit = policy('token-bucket', { requests: 3, burst: 2, perMs: 1000 });
    expect([1, 2].map(() => store.consume('a', limit, 1).isAllowed)).toEqual([true, true]);
    const { isAllowed, retryAfterMs, remaining, resetMs } = store.consume('a', limit, 1);
    expect([isAllowed, remaining]).toEqual([false, 0]);
    expect(retryAfterMs).toBeCloseTo(1000 / 3);
    expect(resetMs).toBeCloseTo(2000 / 3);
    clock.advance(retryAfterMs - 1);
    expect(store.consume('a', limit, 1).isAllowed).toBe(false);
    clock.advance(1);
    expect(store.consume('a', limit, 1).isAllowed).toBe(true);
  });
});

describe('sliding-window', () => {
  it('lets in what an even stream may have, and little more than the limit of any other', () => {
    const limit = policy('sliding-window', { requests: 100 });
    const even = admitted(
      limit,
      Array.from({ length: 20_000 }, (_, index) => index * 5),
    ); // twice the limit
    expect(even.length).toBeGreaterThanOrEqual(9_500);
    expect(mostWithin(even, 1000)).toBeLessThanOrEqual(105);
    for (const seed of [1, 2, 3])
      expect(mostWithin(admitted(limit, greedyTimes(20_000, seed, 3)), 1000)).toBeLessThanOrEqual(200);
  });

  it('keeps a client out that does not slow down, if refused requests count', () => {
    const limit = policy('sliding-window', { requests: 20, perMs: 200, countsRefused: true });
    const busy = admitted(
      limit,
      Array.from({ length: 1000 }, (_, index) => index * 5),
    ); // 40 in 200 ms, for 5 s
    expect(busy.length).toBeLessThanOrEqual(30);
    const slower = admitted(limit, [...Array.from({ length: 100 }, (_, index) => index * 5), 1200, 1230]);
    expect(slower.slice(-2)).toEqual([1200, 1230]);
  });
});

describe('fixed-window', () => {
  it('counts from the first request on', () => {
    const limit = policy('fixed-window', { requests: 2, perMs: 1000 });
    expect(admitted(limit, [300, 500, 600, 1299, 1300, 1301, 1302])).toEqual([300, 500, 1300, 1301]);
  });
});

describe.each<RateAlgorithm>(['token-bucket', 'sliding-window', 'fixed-window'])('%s', (algorithm) => {
  it('lets a client in after the time it was told, whatever it has done before', () => {
    const random = seededRandom(11);
    for (let round = 0; round < 300; round++) {
      const clock = createManualClock({ now: 1_000 });
      const store = createMemoryStore({ clock });
      const limit = policy(algorithm, { requests: 1 + Math.floor(random() * 9), burst: 1 + Math.floor(random() * 9) });
      for (let step = 0; step < 60; step++) {
        clock.advance(Math.floor(random() * 150));
        const cost = 1 + Math.floor(random() * Math.min(limit.requests, limit.burst));
        const { isAllowed, retryAfterMs } = store.consume('key', limit, cost);
        expect(isAllowed).toBe(retryAfterMs === 0);
        if (isAllowed) continue;
        clock.advance(Math.ceil(retryAfterMs));
        expect(store.consume('key', limit, cost).isAllowed).toBe(true);
      }
    }
  });

  it('remembers nothing of a look', () => {
    const store = createMemoryStore({ clock: createManualClock({ now: 1_000 }) });
    const limit = policy(algorithm);
    expect(store.consume('key', limit, 0)).toMatchObject({ isAllowed: true, remaining: 10, resetMs: 0 });
    expect(store.keysOf(limit)).toBe(0);
    store.consume('key', limit, 1);
    expect([store.consume('key', limit, 0).remaining, store.consume('key', limit, 0).remaining]).toEqual([9, 9]);
  });

  it('goes on when the clock is set back', () => {
    const clock = createManualClock({ now: 1_000_000 });
    const store = createMemoryStore({
      clock: { now: () => clock.now() - setBack, schedule: clock.schedule.bind(clock) },
    });
    let setBack = 0;
    const limit = policy(algorithm, { requests: 1, burst: 1 });
    store.consume('key', limit, 1);
    setBack = 3_600_000;
    clock.advance(1);
    const late = store.consume('key', limit, 1);
    expect(late.isAllowed || late.retryAfterMs <= 3_601_000).toBe(true);
  });
});
