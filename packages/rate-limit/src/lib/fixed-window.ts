import type { RateRule } from './rate-policy.ts';

/**
 * Counts from the first request on, for `perMs`. Simple to explain; a client that knows the window may send twice the number around its
 * end. State: the window's start and the count.
 */
export const fixedWindow: RateRule = {
  width: 2,
  decide({ requests, perMs, countsRefused }, state, now, cost, isForced) {
    const isOver = now - state.a >= perMs || now < state.a; // the clock may be set back
    const start = isOver ? now : state.a;
    const count = isOver ? 0 : state.b;
    const isAllowed = count + cost <= requests;
    const counted = isAllowed || isForced || countsRefused ? count + cost : count;
    if (cost > 0) {
      state.a = start;
      state.b = counted;
    }
    const resetMs = counted === 0 ? 0 : start + perMs - now;
    return {
      isAllowed,
      remaining: Math.max(0, requests - counted),
      resetMs,
      retryAfterMs: isAllowed ? 0 : resetMs,
      aheadMs: 0,
    };
  },
  endOf: ({ perMs }, { a }) => a + perMs,
};
