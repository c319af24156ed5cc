import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from './memory-store.ts';
import type { RatePolicy } from './rate-policy.ts';

const limit: RatePolicy = { algorithm: 'token-bucket', requests: 10, perMs: 10_000, burst: 10, countsRefused: false };

describe('the states of many keys', () => {
  it('are bounded, and those that matter most stay: a client that is refused is not forgotten for new ones', () => {
    const clock = createManualClock({ now: 1_000 });
    const store = createMemoryStore({ clock, maxKeys: 1000 });
    for (let count = 0; count < 11; count++) store.consume('busy', limit, 1);
    for (let index = 0; index < 5_000; index++) store.consume(`198.51.100.${index}`, limit, 1);
    expect(store.keysOf(limit)).toBe(1000);
    expect(store.consume('busy', limit, 1).isAllowed).toBe(false);
  });

  it('are let go of as others come, when they have ended', () => {
    const clock = createManualClock({ now: 1_000 });
    const store = createMemoryStore({ clock });
    for (let index = 0; index < 10_000; index++) store.consume(`one-${index}`, limit, 1);
    expect(store.keysOf(limit)).toBe(10_000);
    clock.advance(60_000);
    for (let index = 0; index < 10_000; index++) {
      store.consume(`two-${index}`, limit, 1);
      clock.advance(1);
    }
    expect(store.keysOf(limit)).toBeLessThan(10_500);
  });

  it('are kept apart by key and limit', () => {
    const store = createMemoryStore({ clock: createManualClock({ now: 1_000 }) });
    const other = { ...limit };
    store.consume('a', limit, 4);
    expect([store.consume('b', limit, 0).remaining, store.consume('a', other, 0).remaining]).toEqual([10, 10]);
    expect(store.consume('a', limit, 0).remaining).toBe(6);
  });
});
