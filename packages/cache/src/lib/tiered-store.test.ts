import { describe, expect, it } from 'vitest';
import { contentOf, put, read } from '../../test/store-fixtures.ts';
import type { CacheEntry } from './cache-entry.ts';
import type { CacheStore } from './cache-store.ts';
import { cacheStoreRules } from './cache-store-rules.ts';
import { createMemoryStore } from './memory-store.ts';
import { metaOf } from './plain-meta.ts';
import { createTieredStore } from './tiered-store.ts';

describe('createTieredStore()', () => {
  for (const rule of cacheStoreRules)
    it(rule.name, () => rule.run(() => createTieredStore(createMemoryStore(), createMemoryStore())));

  it('keeps in the slow store what has no room in the fast one, and brings it back when it is used', async () => {
    const [fast, slow] = [createMemoryStore({ maxBytes: 10_000 }), createMemoryStore()];
    const store = createTieredStore(fast, slow);
    for (let index = 0; index < 20; index++) await put(store, metaOf(`k${index}`), contentOf(1000, index));
    expect([fast.size < 10, slow.size, store.size]).toEqual([true, 20, 20]);
    const [lost] = [...Array(20).keys()].filter((index) => (fast.get(`k${index}`) as readonly unknown[]).length === 0);
    const [entry] = await store.get(`k${lost}`);
    expect(await read(entry!)).toEqual(contentOf(1000, lost));
    expect((await fast.get(`k${lost}`)).length).toBe(1);
  });

  it('does not bring back what was purged while it was being opened', async () => {
    const slow = createMemoryStore();
    await put(slow, metaOf('k'), contentOf(10));
    const roomy = createMemoryStore();
    const late: CacheStore = {
      bytes: 0,
      size: 0,
      get: async (key) =>
        (await slow.get(key)).map(
          (entry) => ({ meta: entry.meta, open: async () => entry.open() }) satisfies CacheEntry,
        ),
      open: (meta) => slow.open(meta),
      update: () => undefined,
      purge: (selector, soft) => slow.purge(selector, soft),
    };
    const store = createTieredStore(roomy, late);
    const [entry] = await store.get('k');
    const opening = entry!.open();
    await store.purge({ all: true }, false);
    await opening;
    expect(roomy.size).toBe(0);
  });

  it('keeps answers above 1 MiB out of the fast store', async () => {
    const [fast, slow] = [createMemoryStore(), createMemoryStore()];
    const store = createTieredStore(fast, slow);
    await put(store, metaOf('k'), contentOf(1024 * 1024 + 1));
    await read((await store.get('k'))[0]!);
    expect([fast.size, slow.size]).toEqual([0, 1]);
  });

  it('gives all variants of a key, from wherever they are, and the newer one of two', async () => {
    const [fast, slow] = [createMemoryStore(), createMemoryStore()];
    const store = createTieredStore(fast, slow);
    await put(fast, metaOf('k', { variant: 'de' }), contentOf(1));
    await put(slow, metaOf('k', { variant: 'fr' }), contentOf(2));
    await put(fast, metaOf('k', { variant: 'en' }), contentOf(3));
    await put(slow, metaOf('k', { variant: 'en', storedAtMs: 1000 }), contentOf(4));
    const lengths = (await store.get('k')).map(({ meta }) => meta.length);
    expect(lengths.sort()).toEqual([1, 2, 4]);
  });

  it('changes and purges in both', async () => {
    const [fast, slow] = [createMemoryStore(), createMemoryStore()];
    const store = createTieredStore(fast, slow);
    await put(store, metaOf('k', { tags: ['red'] }), contentOf(10));
    const [entry] = await store.get('k');
    store.update(entry!, { ...entry!.meta, lifetimeSeconds: 5 });
    expect([(await fast.get('k'))[0]!.meta.lifetimeSeconds, (await slow.get('k'))[0]!.meta.lifetimeSeconds]).toEqual([
      5, 5,
    ]);
    expect(await store.purge({ tag: 'red' }, false)).toBe(1);
    expect([fast.size, slow.size]).toEqual([0, 0]);
  });
});
