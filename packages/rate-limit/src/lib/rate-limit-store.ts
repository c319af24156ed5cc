import type { RateDecision, RatePolicy } from './rate-policy.ts';

/**
 * Keeps what is remembered of each key. `createMemoryStore` is for one process; a store that several servers share must decide and count in
 * one step, or two of them would let the last request in twice.
 */
export interface RateLimitStore {
  /**
   * Decides on a request of `key` that counts as `cost`, and counts it. A cost of 0 only looks. A negative one gives back
   * what a request counted that has left before it was let in; only for `token-bucket`. May reject when the store cannot be reached:
   * `onStoreError` says what happens then.
   */
  consume(key: string, policy: RatePolicy, cost: number): RateDecision | Promise<RateDecision>;
}
