import type { RateDecision, RatePolicy } from './rate-policy.ts';

/** Clocks and rounding may differ by so much, in milliseconds. */
const tolerance = 1000;

/** Whether a decision can come from that policy: a request must not wait for years because a store is damaged. */
export function isPlausible(decision: RateDecision, policy: RatePolicy, cost: number): boolean {
  const { isAllowed, remaining, resetMs, retryAfterMs, aheadMs } = decision;
  const longest = (2 + (policy.burst + Math.abs(cost)) / policy.requests) * policy.perMs + tolerance;
  return (
    typeof isAllowed === 'boolean' &&
    isBetween(remaining, Math.max(policy.burst, policy.requests) + Math.abs(cost)) &&
    isBetween(resetMs, longest) &&
    isBetween(retryAfterMs, longest) &&
    isBetween(aheadMs, longest)
  );
}

function isBetween(value: number, most: number): boolean {
  return value >= 0 && value <= most;
}
