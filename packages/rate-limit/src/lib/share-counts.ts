import { type Clock, systemClock } from '@windhover/core';
import type { MemoryRateLimitStore } from './memory-store.ts';
import type { RateLimitStore } from './rate-limit-store.ts';
import type { RateDecision, RatePolicy } from './rate-policy.ts';

/** How long counts are collected, in milliseconds: so much later the other processes know of them. */
const collectedMs = 50;

/** Takes messages to the other processes, and brings theirs. */
export interface CountsBus {
  publish(message: unknown): void;
  subscribe(listener: (message: unknown) => void): () => void;
}

/** A store that tells others what it counts. */
export interface SharedCounts extends RateLimitStore {
  close(): void;
}

/**
 * Joins the memory stores of several processes: each decides by itself, at once, and tells the others every 50 ms what it has let in. So a
 * limit holds for all of them together, but for what comes to several of them within that time: each may let in its burst once. The
 * store is for this policy alone.
 */
export function shareCounts(
  store: MemoryRateLimitStore,
  policy: RatePolicy,
  bus: CountsBus,
  clock: Clock = systemClock,
): SharedCounts {
  let counts: Record<string, number> | null = null;
  let cancel = (): void => undefined;
  const tell = (): void => {
    bus.publish(counts);
    counts = null;
  };
  const unsubscribe = bus.subscribe((message) => {
    for (const [key, cost] of Object.entries(message as Record<string, number>)) store.add(key, policy, cost);
  });
  return {
    consume(key: string, _policy: RatePolicy, cost: number): RateDecision {
      const decision = store.consume(key, policy, cost);
      if (cost !== 0 && (decision.isAllowed || policy.countsRefused)) {
        if (counts === null) {
          counts = Object.create(null) as Record<string, number>;
          cancel = clock.schedule(collectedMs, tell);
        }
        counts[key] = (counts[key] ?? 0) + cost;
      }
      return decision;
    },
    close() {
      unsubscribe();
      cancel();
      if (counts !== null) tell();
    },
  };
}
