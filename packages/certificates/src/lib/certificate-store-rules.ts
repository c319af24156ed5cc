import assert from 'node:assert/strict';
import type { CertificateStore } from './certificate-store.ts';

/** Opens an empty store, and another one that sees the same texts: as a second process would. */
export type OpenCertificateStore = () => Promise<{
  readonly store: CertificateStore;
  readonly other: CertificateStore;
}>;

/** One rule that every store must keep: `for (const rule of certificateStoreRules) it(rule.name, () => rule.run(open))`. */
export interface CertificateStoreRule {
  readonly name: string;
  run(open: OpenCertificateStore): Promise<void>;
}

/** The rules of a `CertificateStore`. */
export const certificateStoreRules: readonly CertificateStoreRule[] = [
  {
    name: 'returns what was set, to other processes too',
    async run(open) {
      const { store, other } = await open();
      assert.equal(await store.get('certificates/shop.example.com'), null);
      await store.set('certificates/shop.example.com', 'one\ntwo ü\n');
      assert.equal(await store.get('certificates/shop.example.com'), 'one\ntwo ü\n');
      assert.equal(await other.get('certificates/shop.example.com'), 'one\ntwo ü\n');
    },
  },
  {
    name: 'keeps names apart that look alike',
    async run(open) {
      const { store } = await open();
      const names = ['a/*.example.com', 'a/_.example.com', 'a/example.com', 'b/example.com', 'a/..', 'a/.'];
      for (const name of names) await store.set(name, `of ${name}`);
      for (const name of names) assert.equal(await store.get(name), `of ${name}`);
    },
  },
  {
    name: 'replaces a text as a whole, whoever reads meanwhile',
    async run(open) {
      const { store, other } = await open();
      const texts = ['a', 'b'].map((letter) => letter.repeat(200_000));
      await store.set('certificates/big', texts[0]!);
      const writing = Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          (index % 2 === 0 ? store : other).set('certificates/big', texts[index % 2]!),
        ),
      );
      for (let count = 0; count < 20; count++) assert.ok(texts.includes((await other.get('certificates/big'))!));
      await writing;
      assert.ok(texts.includes((await store.get('certificates/big'))!));
    },
  },
  {
    name: 'forgets what is deleted, and nothing else',
    async run(open) {
      const { store, other } = await open();
      await store.set('challenges/one', '1', 60_000);
      await store.set('challenges/two', '2', 60_000);
      await other.delete('challenges/one');
      await other.delete('challenges/one');
      assert.deepEqual([await store.get('challenges/one'), await store.get('challenges/two')], [null, '2']);
    },
  },
];
