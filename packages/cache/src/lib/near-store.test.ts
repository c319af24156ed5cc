import { HttpHeaders } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { contentOf, put, read } from '../../test/store-fixtures.ts';
import { cacheBefore, counting, settle } from './cache-fixtures.ts';
import type { CacheStore, PurgeListener, SharedCacheStore } from './cache-store.ts';
import { cacheStoreRules } from './cache-store-rules.ts';
import { createMemoryStore } from './memory-store.ts';
import { metaOf } from './plain-meta.ts';
import { createTieredStore } from './tiered-store.ts';

/** A shared store in memory: `gets` counts the questions, and `purgedElsewhere` is what another server does. */
class FakeShared implements SharedCacheStore {
  readonly inner: CacheStore = createMemoryStore();
  isCurrent = true;
  gets = 0;
  private readonly listeners = new Set<PurgeListener>();

  get bytes(): number {
    return this.inner.bytes;
  }

  get size(): number {
    return this.inner.size;
  }

  async get(key: string) {
    this.gets += 1;
    return this.inner.get(key);
  }

  open(...meta: Parameters<CacheStore['open']>) {
    return this.inner.open(...meta);
  }

  update(...change: Parameters<CacheStore['update']>) {
    return this.inner.update(...change);
  }

  async purge(...purge: Parameters<CacheStore['purge']>) {
    for (const listener of this.listeners) listener(...purge);
    return this.inner.purge(...purge);
  }

  onPurge(listener: PurgeListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}

function stores() {
  const [memory, shared] = [createMemoryStore(), new FakeShared()];
  return { memory, shared, store: createTieredStore(memory, shared) };
}

describe('createTieredStore() with a store that servers share', () => {
  for (const rule of cacheStoreRules) it(rule.name, () => rule.run(() => stores().store));

  it('asks the shared store only if nothing fresh is in memory', async () => {
    const { shared, store } = stores();
    const { ask, clock, requests } = cacheBefore(counting({ 'Cache-Control': 'max-age=60' }), { store });
    await ask('/a');
    await settle();
    expect(shared.gets).toBe(1);
    for (let count = 0; count < 5; count++) expect((await ask('/a')).text()).toBe('answer 1');
    expect(shared.gets).toBe(1);
    clock.advance(61_000);
    expect((await ask('/a')).text()).toBe('answer 2');
    expect([shared.gets, requests.length]).toEqual([2, 2]);
  });

  it('gives what another server has stored, and keeps a copy', async () => {
    const { memory, shared, store } = stores();
    await put(shared, metaOf('k'), contentOf(10));
    expect(await store.get('k')).toEqual([]);
    const [entry] = await store.getAll!('k');
    expect(await read(entry!)).toEqual(contentOf(10));
    expect([memory.size, (await store.get('k')).length]).toEqual([1, 1]);
  });

  it('uses no copy while the purges of others are not known', async () => {
    const { shared, store } = stores();
    await put(store, metaOf('k'), contentOf(10));
    shared.isCurrent = false;
    await shared.inner.purge({ all: true }, false);
    expect([await store.get('k'), await store.getAll!('k')]).toEqual([[], []]);
  });

  it('forgets copies that are purged elsewhere, also those that are just arriving or being read', async () => {
    const { memory, shared, store } = stores();
    await put(store, metaOf('old'), contentOf(10));
    await put(shared, metaOf('read'), contentOf(10));
    const [reading] = await store.getAll!('read');
    const writer = store.open(metaOf('arriving'));
    await shared.purge({ all: true }, false);
    await reading!.open();
    await writer.commit();
    expect(memory.size).toBe(0);
  });

  it('does not change the description of an answer that another server has replaced', async () => {
    const { shared, store } = stores();
    await put(store, metaOf('k'), contentOf(10));
    const [copy] = await store.get('k');
    await put(shared, metaOf('k', { storedAtMs: 5000 }), contentOf(20));
    await store.update(copy!, { ...copy!.meta, storedAtMs: 9000, lifetimeSeconds: 7 });
    const [replaced] = await shared.get('k');
    expect([replaced!.meta.lifetimeSeconds, replaced!.meta.storedAtMs]).toEqual([60, 5000]);
  });

  it('does not say what it would do with a request before the shared store was asked', () => {
    const { store } = stores();
    const { cache } = cacheBefore(counting({}), { store });
    const client = { scheme: 'http', host: 'a', hostPort: null };
    const body = { length: 0 };
    const request = {
      method: 'GET',
      path: '/',
      query: null,
      host: 'a',
      upgrade: null,
      headers: new HttpHeaders(),
      body,
    };
    expect(cache.lookUp({ request, client } as never).kind).toBe('unknown');
  });
});
