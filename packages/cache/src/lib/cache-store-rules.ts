import assert from 'node:assert/strict';
import type { ReadBody } from '@windhover/core';
import type { CacheEntry, CacheMeta } from './cache-entry.ts';
import type { CacheStore, PurgeSelector } from './cache-store.ts';
import { metaOf } from './plain-meta.ts';

/** Opens an empty store with room for at least 1 MB. */
export type OpenStore = () => CacheStore | Promise<CacheStore>;

/** One rule that every store must keep: `for (const rule of cacheStoreRules) it(rule.name, () => rule.run(open))`. */
export interface CacheStoreRule {
  readonly name: string;
  run(open: OpenStore): Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function put(store: CacheStore, meta: CacheMeta, ...chunks: string[]): Promise<void> {
  const writer = store.open(meta);
  for (const chunk of chunks) writer.write(bytes(chunk));
  await writer.commit();
  writer.spool?.close();
}

/** Everything with that key, as the cache sees it. */
async function entriesOf(store: CacheStore, key: string): Promise<readonly CacheEntry[]> {
  return store.getAll === undefined ? store.get(key) : store.getAll(key);
}

async function opened(entry: CacheEntry | undefined): Promise<ReadBody> {
  const body = await entry!.open();
  assert(body !== null, 'the content is lost');
  return body;
}

async function textOf(entry: CacheEntry): Promise<string> {
  const body = await opened(entry);
  const content = new Uint8Array(body.length);
  for (let position = 0; position < body.length; ) {
    const count = await body.read(content.subarray(position), position);
    assert(count > 0, 'the content is shorter than it says');
    position += count;
  }
  body.close();
  return new TextDecoder().decode(content);
}

async function textsOf(store: CacheStore, key: string): Promise<string[]> {
  const texts: string[] = [];
  for (const entry of await entriesOf(store, key)) texts.push(await textOf(entry));
  return texts.sort();
}

/** Bytes that are different everywhere. */
function bytesOf(length: number): Uint8Array {
  const content = new Uint8Array(length);
  for (let index = 0; index < length; index++) content[index] = (index * 31 + (index >> 8)) & 255;
  return content;
}

/** At most `count` bytes from `start` on. */
async function read(body: ReadBody, start: number, count: number): Promise<Uint8Array> {
  const content = new Uint8Array(Math.max(0, Math.min(count, body.length - start)));
  for (let filled = 0; filled < content.byteLength; ) {
    const bytesRead = await body.read(content.subarray(filled), start + filled);
    assert(bytesRead > 0, 'the content is shorter than it says');
    filled += bytesRead;
  }
  return content;
}

const selectors: readonly PurgeSelector[] = [
  { url: 'http://a/1' },
  { prefix: 'http://a/' },
  { tag: 'red' },
  { all: true },
];

/** The rules of `CacheStore`. */
export const cacheStoreRules: readonly CacheStoreRule[] = [
  {
    name: 'gives back what was written, with its length and description',
    async run(open) {
      const store = await open();
      await put(store, metaOf('k'), 'one ', 'two');
      const [entry] = await entriesOf(store, 'k');
      assert.deepEqual(entry!.meta, { ...metaOf('k'), length: 7 });
      assert.deepEqual([await textOf(entry!), await textOf(entry!)], ['one two', 'one two']);
    },
  },
  {
    name: 'finds nothing before the commit, and nothing that was discarded',
    async run(open) {
      const store = await open();
      const writer = store.open(metaOf('k'));
      writer.write(bytes('half'));
      assert.deepEqual(await textsOf(store, 'k'), []);
      writer.discard();
      assert.deepEqual([await textsOf(store, 'k'), store.size], [[], 0]);
    },
  },
  {
    name: 'replaces the answer with the same variant and coding, and keeps the others',
    async run(open) {
      const store = await open();
      await put(store, metaOf('k', { variant: 'de' }), 'old');
      await put(store, metaOf('k', { variant: 'fr' }), 'fr');
      await put(store, metaOf('k', { variant: 'de', coding: 'br' }), 'br');
      await put(store, metaOf('k', { variant: 'de' }), 'new');
      assert.deepEqual([await textsOf(store, 'k'), store.size], [['br', 'fr', 'new'], 3]);
    },
  },
  {
    name: 'gives each client one coding: the newest answer for its codings wins',
    async run(open) {
      const store = await open();
      await put(store, metaOf('k', { coding: 'gzip', codings: 0b0001_0000 }), 'gzip');
      await put(store, metaOf('k', { coding: 'gzip', codings: 0b0010_0000 }), 'gzip 2');
      assert.deepEqual(
        (await entriesOf(store, 'k')).map(({ meta }) => meta.codings),
        [0b0011_0000],
      );
      await put(store, metaOf('k', { coding: 'br', codings: 0b0010_0000 }), 'br');
      assert.deepEqual(
        new Set((await entriesOf(store, 'k')).map(({ meta }) => meta.codings)),
        new Set([0b0001_0000, 0b0010_0000]),
      );
    },
  },
  {
    name: 'reads any part of a content of any size, again and again',
    async run(open) {
      const store = await open();
      for (const length of [0, 1, 65_535, 65_536, 65_537, 300_000]) {
        const content = bytesOf(length);
        const writer = store.open(metaOf(`k${length}`));
        for (let start = 0; start < length; start += 10_000) writer.write(content.slice(start, start + 10_000));
        await writer.commit();
        writer.spool?.close();
        const [entry] = await entriesOf(store, `k${length}`);
        const body = await opened(entry);
        assert.equal(body.length, length);
        for (const [start, count] of [
          [0, length],
          [length - 5, 5],
          [65_530, 20],
          [1, 200_000],
          [70_000, 9],
        ] as const)
          if (start >= 0) assert.deepEqual(await read(body, start, count), content.slice(start, start + count));
        body.close();
      }
    },
  },
  {
    name: 'gives back what is still being written, if it says so',
    async run(open) {
      const store = await open();
      const content = bytesOf(300_000);
      const writer = store.open(metaOf('k'));
      const { spool } = writer;
      if (spool !== undefined) {
        const isReadable = new Promise<void>((resolve) => {
          spool.onProgress = () => void (spool.readable >= 200_000 && resolve());
        });
        writer.write(content.slice(0, 270_000));
        await isReadable;
        const into = new Uint8Array(100_000);
        const count = await spool.read(into, 100_000);
        assert.deepEqual(into.slice(0, count), content.slice(100_000, 100_000 + count));
        writer.write(content.slice(270_000));
      } else writer.write(content);
      await writer.commit();
      spool?.close();
      const [entry] = await entriesOf(store, 'k');
      const body = await opened(entry);
      assert.deepEqual(await read(body, 0, 300_000), content);
      body.close();
    },
  },
  {
    name: 'keeps nothing that was discarded late',
    async run(open) {
      const store = await open();
      const writer = store.open(metaOf('k'));
      for (let index = 0; index < 5; index++) writer.write(bytesOf(100_000));
      writer.discard();
      writer.spool?.close();
      assert.deepEqual([(await entriesOf(store, 'k')).length, store.size, store.bytes], [0, 0, 0]);
    },
  },
  {
    name: 'keeps an open content readable when its entry is removed',
    async run(open) {
      const store = await open();
      await put(store, metaOf('k'), 'text');
      const [entry] = await entriesOf(store, 'k');
      const body = await opened(entry);
      await store.purge({ all: true }, false);
      const into = new Uint8Array(4);
      assert.equal(await body.read(into, 0), 4);
      assert.equal(new TextDecoder().decode(into), 'text');
      body.close();
    },
  },
  {
    name: 'replaces the description of an entry',
    async run(open) {
      const store = await open();
      await put(store, metaOf('k', { tags: ['red'] }), 'text');
      const [entry] = await entriesOf(store, 'k');
      await store.update(entry!, { ...entry!.meta, lifetimeSeconds: 5, tags: ['blue'] });
      const [updated] = await entriesOf(store, 'k');
      assert.equal(updated!.meta.lifetimeSeconds, 5);
      assert.deepEqual([await store.purge({ tag: 'red' }, false), await store.purge({ tag: 'blue' }, false)], [0, 1]);
    },
  },
  ...selectors.map((selector) => ({
    name: `removes by ${JSON.stringify(selector)}, and nothing else`,
    async run(open: OpenStore) {
      const store = await open();
      await put(store, metaOf('http://a/1', { tags: ['red', 'round'] }), '1');
      await put(store, metaOf('http://a/1\nx', { url: 'http://a/1', tags: ['red'] }), '2');
      await put(store, metaOf('http://b/1', { tags: 'all' in selector ? ['red'] : ['blue'] }), '3');
      const count = 'all' in selector ? 3 : 2;
      assert.equal(await store.purge(selector, false), count);
      assert.equal(store.size, 3 - count);
      assert.deepEqual([await textsOf(store, 'http://a/1'), await textsOf(store, 'http://a/1\nx')], [[], []]);
      if (count === 2) assert.deepEqual(await textsOf(store, 'http://b/1'), ['3']);
    },
  })),
  {
    name: 'only makes entries stale in a soft purge',
    async run(open) {
      const store = await open();
      await put(store, metaOf('k', { staleWhileRevalidateSeconds: 9 }), 'text');
      assert.equal(await store.purge({ all: true }, true), 1);
      const [entry] = await entriesOf(store, 'k');
      const { lifetimeSeconds, initialAgeSeconds, staleWhileRevalidateSeconds, staleIfErrorSeconds } = entry!.meta;
      assert(lifetimeSeconds <= initialAgeSeconds, 'it is still fresh');
      assert.deepEqual([staleWhileRevalidateSeconds, staleIfErrorSeconds], [0, 9]);
    },
  },
  {
    name: 'counts entries and bytes, down to nothing',
    async run(open) {
      const store = await open();
      for (let index = 0; index < 10; index++) await put(store, metaOf(`k${index}`), 'x'.repeat(1000));
      assert.equal(store.size, 10);
      assert(store.bytes >= 10_000, `${store.bytes} bytes`);
      await store.purge({ all: true }, false);
      assert.deepEqual([store.size, store.bytes], [0, 0]);
    },
  },
];
