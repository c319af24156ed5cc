import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from './memory-store.ts';
import type { RatePolicy } from './rate-policy.ts';
import { shareCounts } from './share-counts.ts';

const limit: RatePolicy = { algorithm: 'token-bucket', requests: 10, perMs: 10_000, burst: 10, countsRefused: false };

/** Processes on one bus. */
function processes(count: number) {
  const clock = createManualClock({ now: 1_000 });
  const listeners = new Map<number, (message: unknown) => void>();
  let published = 0;
  const stores = Array.from({ length: count }, (_, own) =>
    shareCounts(
      createMemoryStore({ clock }),
      limit,
      {
        publish(message) {
          published += 1;
          for (const [other, listener] of listeners) if (other !== own) listener(structuredClone(message));
        },
        subscribe(listener) {
          listeners.set(own, listener);
          return () => listeners.delete(own);
        },
      },
      clock,
    ),
  );
  const admit = (own: number, times: number): number =>
    Array.from({ length: times }, () => stores[own]!.consume('key', limit, 1)).filter((each) => {
      return (each as { isAllowed: boolean }).isAllowed;
    }).length;
  return { stores, clock, admit, publishedSoFar: () => published, listeners };
}

describe('shareCounts()', () => {
  it('makes one limit of those of several processes, 50 ms later', () => {
    const { admit, clock } = processes(3);
    expect(admit(0, 6)).toBe(6);
    clock.advance(50);
    expect(admit(1, 6)).toBe(4);
    clock.advance(50);
    expect([admit(0, 1), admit(1, 1), admit(2, 1)]).toEqual([0, 0, 0]);
    clock.advance(1000); // one comes free each second
    expect(admit(2, 3)).toBe(1);
  });

  it('keeps the rate when several processes let a burst in at once: what was too much is owed', () => {
    const { admit, clock } = processes(2);
    expect([admit(0, 20), admit(1, 20)]).toEqual([10, 10]);
    clock.advance(10_000);
    expect(admit(0, 20)).toBe(0);
    clock.advance(1_000);
    expect(admit(0, 20)).toBe(1);
  });

  it('sends one message for all that comes in that time, and none without requests', () => {
    const { admit, clock, publishedSoFar } = processes(2);
    admit(0, 5);
    clock.advance(50);
    admit(0, 1);
    clock.advance(50);
    clock.advance(5000);
    expect([publishedSoFar(), clock.pending]).toEqual([2, 0]);
  });

  it('tells the rest when it is closed, and hears nothing more', () => {
    const { stores, admit, listeners } = processes(2);
    admit(0, 6);
    stores[0]!.close();
    expect(admit(1, 10)).toBe(4);
    expect(listeners.size).toBe(1);
  });
});
