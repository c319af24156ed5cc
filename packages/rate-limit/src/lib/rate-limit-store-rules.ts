import assert from 'node:assert/strict';
import type { RateLimitStore } from './rate-limit-store.ts';
import type { RateAlgorithm, RatePolicy } from './rate-policy.ts';

/** Opens a store, and lets time pass for it: really, or on its clock. */
export type OpenRateLimitStore = () => Promise<{ readonly store: RateLimitStore; pass(ms: number): Promise<void> }>;

/** One rule that every store must keep: `for (const rule of rateLimitStoreRules) it(rule.name, () => rule.run(open))`. */
export interface RateLimitStoreRule {
  readonly name: string;
  run(open: OpenRateLimitStore): Promise<void>;
}

const algorithms: readonly RateAlgorithm[] = ['token-bucket', 'sliding-window', 'fixed-window'];
const policyOf = (algorithm: RateAlgorithm, more: Partial<RatePolicy> = {}): RatePolicy => ({
  ...{ algorithm, requests: 4, perMs: 60_000, burst: 4, countsRefused: false },
  ...more,
});

async function admitted(store: RateLimitStore, policy: RatePolicy, key: string, times: number): Promise<number> {
  const decisions = await Promise.all(Array.from({ length: times }, () => store.consume(key, policy, 1)));
  return decisions.filter(({ isAllowed }) => isAllowed).length;
}

/** The rules of a `RateLimitStore`. */
export const rateLimitStoreRules: readonly RateLimitStoreRule[] = [
  {
    name: 'gives back what a request counted that has left, and no more (token-bucket)',
    async run(open) {
      const { store } = await open();
      const policy = policyOf('token-bucket');
      assert.equal(await admitted(store, policy, 'one', 4), 4);
      await store.consume('one', policy, -2);
      assert.equal(await admitted(store, policy, 'one', 4), 2);
      await store.consume('one', policy, -50);
      await store.consume('two', policy, -50);
      assert.deepEqual([await admitted(store, policy, 'one', 9), await admitted(store, policy, 'two', 9)], [4, 4]);
    },
  },
  ...algorithms.flatMap((algorithm): RateLimitStoreRule[] => [
    {
      name: `lets in as many as the limit says, also when they come at once (${algorithm})`,
      async run(open) {
        const { store } = await open();
        assert.equal(await admitted(store, policyOf(algorithm), 'one', 50), 4);
        assert.equal(await admitted(store, policyOf(algorithm), 'two', 3), 3);
      },
    },
    {
      name: `says how many are left, and when the next may come (${algorithm})`,
      async run(open) {
        const { store } = await open();
        const policy = policyOf(algorithm);
        const first = await store.consume('one', policy, 3);
        assert.deepEqual([first.isAllowed, first.remaining, first.retryAfterMs], [true, 1, 0]);
        const refused = await store.consume('one', policy, 2);
        assert.equal(refused.isAllowed, false);
        assert.ok(refused.retryAfterMs > 0 && refused.retryAfterMs <= 120_000, `waits ${refused.retryAfterMs} ms`);
        assert.ok(refused.resetMs > 0 && refused.resetMs <= 120_000, `resets after ${refused.resetMs} ms`);
        assert.equal((await store.consume('one', policy, 1)).isAllowed, true);
      },
    },
    {
      name: `counts nothing for a cost of 0 (${algorithm})`,
      async run(open) {
        const { store } = await open();
        const policy = policyOf(algorithm);
        for (let count = 0; count < 10; count++) assert.equal((await store.consume('one', policy, 0)).remaining, 4);
        assert.equal(await admitted(store, policy, 'one', 5), 4);
      },
    },
    {
      name: `lets a client in again after its time (${algorithm})`,
      async run(open) {
        const { store, pass } = await open();
        const policy = policyOf(algorithm, { perMs: 400, requests: 2, burst: 2 });
        assert.equal(await admitted(store, policy, 'one', 3), 2);
        await pass(900);
        assert.equal(await admitted(store, policy, 'one', 3), 2);
      },
    },
  ]),
];
