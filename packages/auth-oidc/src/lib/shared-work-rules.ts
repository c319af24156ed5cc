import assert from 'node:assert/strict';
import type { SharedWork, SharedWorkTimes } from './shared-work.ts';

/** Opens a place for shared work; `other` is the same place as another server sees it, or the place itself. */
export type OpenSharedWork = () => Promise<{ readonly work: SharedWork; readonly other: SharedWork }>;

/** One rule that every `SharedWork` must keep. */
export interface SharedWorkRule {
  readonly name: string;
  run(open: OpenSharedWork): Promise<void>;
}

const times: SharedWorkTimes = { waitMs: 5000, keepMs: 60_000 };

/** The rules of `SharedWork`. */
export const sharedWorkRules: readonly SharedWorkRule[] = [
  {
    name: 'does work once for all who ask at the same time, and for those who ask later',
    async run(open) {
      const { work, other } = await open();
      let count = 0;
      const slow = async (): Promise<string> => {
        await new Promise((resolve) => setTimeout(resolve, 60));
        return `result ${++count}`;
      };
      const results = await Promise.all([work, other, work, other].map((each) => each.once('k', slow, times)));
      assert.deepEqual([...results, await other.once('k', slow, times)], Array(5).fill('result 1'));
    },
  },
  {
    name: 'keeps work with different keys apart',
    async run(open) {
      const { work, other } = await open();
      const results = await Promise.all([
        work.once('a', async () => 'of a', times),
        other.once('b', async () => 'of b', times),
      ]);
      assert.deepEqual(results, ['of a', 'of b']);
    },
  },
  {
    name: 'lets the next one try after a failure',
    async run(open) {
      const { work, other } = await open();
      const failing = work.once('k', () => Promise.reject(new Error('no')), times);
      await assert.rejects(failing, /no/);
      assert.equal(await other.once('k', async () => 'yes', times), 'yes');
    },
  },
  {
    name: 'does not wait for ever',
    async run(open) {
      const { work, other } = await open();
      let finish: () => void = () => undefined;
      let begun: () => void = () => undefined;
      const hasBegun = new Promise<void>((resolve) => {
        begun = resolve;
      });
      const first = work.once(
        'k',
        () => {
          begun();
          return new Promise((resolve) => {
            finish = () => resolve('late');
          });
        },
        times,
      );
      await hasBegun;
      assert.equal(await other.once('k', async () => 'never', { ...times, waitMs: 100 }), null);
      finish();
      assert.equal(await first, 'late');
    },
  },
];
