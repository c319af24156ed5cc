import { describe, expect, it } from 'vitest';
import { cacheStoreRules } from './cache-store-rules.ts';
import { createMemoryStore } from './memory-store.ts';
import { metaOf } from './plain-meta.ts';

describe('createMemoryStore()', () => {
  for (const rule of cacheStoreRules) it(rule.name, () => rule.run(() => createMemoryStore()));

  it('never takes more than maxBytes, and counts what it forgets', () => {
    const store = createMemoryStore({ maxBytes: 100_000 });
    for (let index = 0; index < 500; index++) write(store, `k${index}`, 1000);
    expect(store.bytes).toBeLessThanOrEqual(100_000);
    expect(store.size).toBeGreaterThan(30);
    expect(store.size).toBeLessThan(65);
  });

  it('does not take what is larger than itself', () => {
    const store = createMemoryStore({ maxBytes: 1000 });
    write(store, 'k', 2000);
    expect([store.size, store.bytes]).toEqual([0, 0]);
  });

  it('keeps a bounded number of variants of one key', () => {
    const store = createMemoryStore();
    for (let index = 0; index < 200; index++) write(store, 'k', 10, String(index));
    expect(store.size).toBe(64);
  });

  it('refuses an option that does not exist', () => {
    expect(() => createMemoryStore({ maxSize: 1 } as never)).toThrow(
      expect.objectContaining({ code: 'CACHE_OPTION_INVALID' }),
    );
  });
});

function write(store: ReturnType<typeof createMemoryStore>, key: string, length: number, variant = ''): void {
  const writer = store.open(metaOf(key, { variant }));
  writer.write(new Uint8Array(length));
  writer.commit();
}
