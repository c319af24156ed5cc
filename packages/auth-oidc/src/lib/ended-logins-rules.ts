import assert from 'node:assert/strict';
import type { EndedLogins } from './ended-logins.ts';

/** Opens a list of ended logins; `other` is the same list as another server sees it, or the list itself. */
export type OpenEndedLogins = () => Promise<{ readonly ended: EndedLogins; readonly other: EndedLogins }>;

/** One rule that every `EndedLogins` must keep: `for (const rule of endedLoginsRules) it(rule.name, () => rule.run(open))`. */
export interface EndedLoginsRule {
  readonly name: string;
  run(open: OpenEndedLogins): Promise<void>;
}

/** The rules of `EndedLogins`. */
export const endedLoginsRules: readonly EndedLoginsRule[] = [
  {
    name: 'knows nothing of a key that was never ended',
    async run(open) {
      const { ended } = await open();
      assert.equal(await ended.endedAt('https://a sub:ada'), null);
    },
  },
  {
    name: 'tells every server when a key was ended, and nothing of other keys',
    async run(open) {
      const { ended, other } = await open();
      await ended.end('https://a sub:ada', 1000);
      assert.deepEqual(
        [await ended.endedAt('https://a sub:ada'), await other.endedAt('https://a sub:ada')],
        [1000, 1000],
      );
      assert.equal(await other.endedAt('https://a sub:ad'), null);
      assert.equal(await other.endedAt('https://b sub:ada'), null);
    },
  },
  {
    name: 'keeps the latest time, in whatever order they come',
    async run(open) {
      const { ended, other } = await open();
      await ended.end('k', 2000);
      await other.end('k', 1000);
      assert.equal(await ended.endedAt('k'), 2000);
      await other.end('k', 3000);
      assert.equal(await ended.endedAt('k'), 3000);
    },
  },
  {
    name: 'takes any text for a key, as providers choose it',
    async run(open) {
      const { ended, other } = await open();
      const keys = ['sid:*', 'sid:a\nb', 'sid:{x}', 'sid:ü', `sid:${'x'.repeat(1000)}`, 'sid:__proto__'];
      for (const [index, key] of keys.entries()) await ended.end(key, index + 1);
      for (const [index, key] of keys.entries()) assert.equal(await other.endedAt(key), index + 1);
    },
  },
];
