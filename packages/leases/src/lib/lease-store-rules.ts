import assert from 'node:assert/strict';
import type { LeaseStore } from './lease-store.ts';

/** Opens a store, and lets time pass for it: really, or on its clock. */
export type OpenLeaseStore = () => Promise<{ readonly store: LeaseStore; pass(ms: number): Promise<void> }>;

/** One rule that every store must keep: `for (const rule of leaseStoreRules) it(rule.name, () => rule.run(open))`. */
export interface LeaseStoreRule {
  readonly name: string;
  run(open: OpenLeaseStore): Promise<void>;
}

const minute = 60_000;

/** The rules of a `LeaseStore`. */
export const leaseStoreRules: readonly LeaseStoreRule[] = [
  {
    name: 'gives a lease to one of all who ask at once',
    async run(open) {
      const { store } = await open();
      const given = await Promise.all(
        Array.from({ length: 20 }, (_, index) => store.acquire('job', `${index}`, minute)),
      );
      assert.equal(given.filter((lease) => lease !== null).length, 1);
      assert.equal(await store.acquire('job', 'late', minute), null);
      assert.notEqual(await store.acquire('other job', 'late', minute), null);
    },
  },
  {
    name: 'says who holds it, and nobody else after it was given back',
    async run(open) {
      const { store } = await open();
      assert.equal(await store.holder('job'), null);
      const lease = await store.acquire('job', 'server 1', minute);
      assert.deepEqual(await store.holder('job'), lease);
      assert.equal(lease!.owner, 'server 1');
      await store.release('job', lease!);
      assert.equal(await store.holder('job'), null);
      assert.notEqual(await store.acquire('job', 'server 2', minute), null);
    },
  },
  {
    name: 'gives greater and greater tokens, whoever asks',
    async run(open) {
      const { store, pass } = await open();
      const tokens: number[] = [];
      for (let count = 0; count < 5; count++) {
        const lease = await store.acquire('job', `server ${count % 2}`, count < 3 ? minute : 100);
        tokens.push(lease!.token);
        if (count < 3) await store.release('job', lease!);
        else await pass(250);
      }
      assert.ok(tokens.every((token) => Number.isSafeInteger(token)));
      assert.deepEqual(
        [...new Set(tokens)].sort((one, other) => one - other),
        tokens,
      );
    },
  },
  {
    name: 'gives a lease to the next one when its time is over',
    async run(open) {
      const { store, pass } = await open();
      const first = await store.acquire('job', 'server 1', 200);
      await pass(400);
      const second = await store.acquire('job', 'server 2', minute);
      assert.notEqual(second, null);
      assert.equal(await store.renew('job', first!, minute), false);
      await store.release('job', first!);
      assert.deepEqual(await store.holder('job'), second);
    },
  },
  {
    name: 'keeps a lease that is renewed, and none that is over',
    async run(open) {
      const { store, pass } = await open();
      const lease = await store.acquire('job', 'server 1', 1000); // a busy machine needs part of it
      assert.equal(await store.renew('job', lease!, minute), true);
      await pass(1200);
      assert.deepEqual(await store.holder('job'), lease);
      assert.equal(await store.renew('job', lease!, 100), true);
      await pass(250);
      assert.equal(await store.renew('job', lease!, minute), false);
      assert.equal(await store.holder('job'), null);
    },
  },
];
