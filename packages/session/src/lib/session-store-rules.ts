import assert from 'node:assert/strict';
import type { SessionRecord, SessionStore } from './session-store.ts';

/** Opens a store, and lets time pass for it: really, or on its clock. */
export type OpenSessionStore = () => Promise<{ readonly store: SessionStore; pass(ms: number): Promise<void> }>;

/** One rule that every store must keep: `for (const rule of sessionStoreRules) it(rule.name, () => rule.run(open))`. */
export interface SessionStoreRule {
  readonly name: string;
  run(open: OpenSessionStore): Promise<void>;
}

const record = (data: Record<string, unknown>): SessionRecord => ({ data, createdAt: 1_000, usedAt: 2_000 });
const minute = 60_000;

/** The rules of a `SessionStore`. */
export const sessionStoreRules: readonly SessionStoreRule[] = [
  {
    name: 'gives back what was saved, whatever JSON can keep',
    async run(open) {
      const { store } = await open();
      const saved = record({ text: 'ü\u0000"\n', list: [1, null, { deep: true }], number: 1.5, __proto: 'x' });
      await store.save('one', saved, minute, true);
      assert.deepEqual(await store.read('one'), saved);
    },
  },
  {
    name: 'knows nothing of a key that was never saved',
    async run(open) {
      const { store } = await open();
      assert.equal(await store.read('missing'), null);
      await store.destroy('missing');
    },
  },
  {
    name: 'replaces what was there, data and time',
    async run(open) {
      const { store, pass } = await open();
      await store.save('one', record({ a: 1 }), 1000, true); // a busy machine needs part of it
      await store.save('one', record({ b: 2 }), minute, false);
      await pass(1200);
      assert.deepEqual(await store.read('one'), record({ b: 2 }));
    },
  },
  {
    name: 'forgets a session that is destroyed, and no other',
    async run(open) {
      const { store } = await open();
      await store.save('one', record({ a: 1 }), minute, true);
      await store.save('two', record({ b: 2 }), minute, true);
      await store.destroy('one');
      assert.deepEqual([await store.read('one'), await store.read('two')], [null, record({ b: 2 })]);
    },
  },
  {
    name: 'does not bring back a session that was destroyed meanwhile',
    async run(open) {
      const { store } = await open();
      await store.save('one', record({ a: 1 }), minute, true);
      await store.destroy('one');
      await store.save('one', record({ a: 2 }), minute, false);
      assert.equal(await store.read('one'), null);
    },
  },
  {
    name: 'forgets a session after its time',
    async run(open) {
      const { store, pass } = await open();
      await store.save('one', record({ a: 1 }), 1000, true);
      assert.notEqual(await store.read('one'), null);
      await pass(1200);
      assert.equal(await store.read('one'), null);
    },
  },
];
