import type { RatePolicy, RateRule, RateState } from './rate-policy.ts';

/**
 * Counts by window, and takes of the window before the part that is not over yet, as if its requests had come evenly. That needs two
 * counters where an exact list needs one number for each request; a client that sends everything at the end of a window may get some more
 * than `requests` in `perMs`. State: the window's start, its count, and that of the window before.
 */
export const slidingWindow: RateRule = {
  width: 3,
  decide(policy, state, now, cost, isForced) {
    const { requests, perMs, countsRefused } = policy;
    const { start, count, before } = windowsAt(policy, state, now);
    const left = 1 - (now - start) / perMs;
    const used = before * left + count;
    const isAllowed = used + cost <= requests;
    const counted = isAllowed || isForced || countsRefused ? cost : 0;
    if (cost > 0) {
      state.a = start;
      state.b = count + counted;
      state.c = before;
    }
    const total = used + counted;
    return {
      isAllowed,
      remaining: Math.max(0, Math.floor(requests - total)),
      resetMs: count + counted > 0 ? start + 2 * perMs - now : before > 0 ? start + perMs - now : 0,
      retryAfterMs: isAllowed ? 0 : waitFor(policy, { start, count: count + counted, before }, now, cost),
      aheadMs: 0,
    };
  },
  endOf: ({ perMs }, { a }) => a + 2 * perMs,
};

interface Windows {
  readonly start: number;
  readonly count: number;
  readonly before: number;
}

function windowsAt({ perMs }: RatePolicy, { a, b, c }: RateState, now: number): Windows {
  if (a === 0 || now < a || now - a >= 2 * perMs) return { start: now, count: 0, before: 0 };
  return now - a < perMs ? { start: a, count: b, before: c } : { start: a + perMs, count: 0, before: b };
}

/** Milliseconds until `cost` more fit: in this window, if what remains of the one before lets it, otherwise in the next. */
function waitFor(
  { requests, perMs }: RatePolicy,
  { start, count, before }: Windows,
  now: number,
  cost: number,
): number {
  const room = requests - cost;
  if (count <= room && before > 0) return Math.max(0, start + perMs * (1 - (room - count) / before) - now);
  const share = count === 0 ? 0 : Math.max(0, 1 - Math.max(0, room) / count);
  return start + perMs + perMs * share - now;
}
