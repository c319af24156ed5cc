import type { RateRule } from './rate-policy.ts';

/** Times are sums of fractions, so a request that is exactly on time must not be refused for a rounding error. In milliseconds. */
const tolerance = 1e-3;

/**
 * The generic cell rate algorithm (ITU-T I.371): a token bucket as one number, the time at which the bucket is full again. In any time t
 * it admits at most `burst + requests × t / perMs` requests.
 */
export const tokenBucket: RateRule = {
  width: 1,
  decide(policy, state, now, cost, isForced) {
    const interval = policy.perMs / policy.requests;
    const depth = policy.burst * interval;
    const before = Math.max(state.a, now);
    const after = before + cost * interval;
    const isAllowed = after - now <= depth + tolerance;
    if (cost !== 0 && (isAllowed || isForced)) state.a = Math.max(after, now);
    const fullAt = isAllowed ? after : before;
    return {
      isAllowed,
      remaining: Math.max(0, Math.floor((now + depth - fullAt + tolerance) / interval)),
      resetMs: Math.max(0, fullAt - now),
      retryAfterMs: isAllowed ? 0 : after - depth - now,
      aheadMs: isAllowed ? before - now : 0,
    };
  },
  endOf: (_policy, { a }) => a,
};
