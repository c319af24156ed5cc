import type { RateDecision, RateLimitStore, RatePolicy } from '@windhover/rate-limit';
import { redisError } from './errors.ts';
import { rateLimitScript } from './rate-limit-script.ts';
import type { RedisCalls } from './redis-calls.ts';

/** Creates a store of rate limits that every server with this Redis shares: one limit for all of them, exactly. */
export function redisRateLimits(calls: RedisCalls): RateLimitStore {
  return {
    async consume(key: string, policy: RatePolicy, cost: number): Promise<RateDecision> {
      const { algorithm, requests, perMs, burst, countsRefused } = policy;
      const values = [algorithm, requests, perMs, burst, countsRefused ? 1 : 0, cost].map(String);
      // Limits with one name and different numbers must not share a state.
      const policyName = `${algorithm}:${requests}/${perMs}/${burst}`;
      const answer = await rateLimitScript.run(calls, [`${calls.prefix}rate:${policyName}:${key}`], values);
      return toDecision(answer);
    },
  };
}

function toDecision(answer: unknown): RateDecision {
  const numbers = Array.isArray(answer) ? answer.map(Number) : [];
  if (numbers.length !== 5 || !numbers.every(Number.isFinite))
    throw redisError('REDIS_FAILED', 'an answer of another kind');
  const [allowed, remaining, reset, retryAfter, ahead] = numbers as [number, number, number, number, number];
  return {
    isAllowed: allowed === 1,
    remaining,
    resetMs: reset / 1000,
    retryAfterMs: retryAfter / 1000,
    aheadMs: ahead / 1000,
  };
}
