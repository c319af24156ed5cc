import { createCache, createMemoryStore, createTieredStore } from '@windhover/cache';
import type { HttpContext, Logger } from '@windhover/core';
import { runHandler } from '@windhover/testing';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { redisStores } from '../src/index.ts';
import { startSentinel } from './redis-server.ts';

const policy = {
  algorithm: 'token-bucket',
  requests: 3,
  perMs: 3_600_000,
  burst: 3,
  countsRefused: false,
} as const;

describe.skipIf(!hasPeer('redis-server'))('a failover by a sentinel', () => {
  it('keeps limits, sessions, leases and cached answers', { timeout: 60_000 }, async () => {
    const { port, primary, replica } = await startSentinel();
    const client = new Redis({
      sentinels: [{ host: '127.0.0.1', port }],
      name: 'main',
      maxRetriesPerRequest: 0,
      retryStrategy: () => 50,
      sentinelRetryStrategy: () => 50,
    });
    client.on('error', () => undefined);
    onTestFinished(() => void client.disconnect());
    const lines: string[] = [];
    const note = (message: string): void => void lines.push(message);
    const log: Logger = { debug: note, info: note, warn: note, error: note };
    const stores = redisStores(client, { log, timeoutMs: 2000, restMs: 50, maxFailures: 2 });
    const cache = createCache({ store: createTieredStore(createMemoryStore({ maxBytes: 0 }), stores.cache('pages')) });
    let asked = 0;
    const page = async (): Promise<string> =>
      (
        await runHandler((context: HttpContext) =>
          cache.middleware(context, ({ response }) => {
            asked += 1;
            response.headers.set('Cache-Control', 'max-age=600');
            response.body = 'page';
          }),
        )
      ).text();

    await page();
    await expect.poll(() => replica.cli('zcard', 'windhover:cache:{pages}:ids')).toBe('1');
    for (let count = 0; count < 2; count++) await stores.rateLimits.consume('one', policy, 1);
    await stores.sessions.save('one', { data: { user: 'ann' }, createdAt: 1, usedAt: 1 }, 600_000, true);
    const lease = await stores.leases.acquire('job', 'server 1', 600_000);
    // What the replica has not heard of would be lost.
    await primary.cli('wait', '1', '5000');
    await primary.kill();

    const ask = async (cost: number): Promise<unknown> => {
      try {
        const { remaining, isAllowed } = await stores.rateLimits.consume('one', policy, cost);
        return cost === 0 ? remaining : isAllowed;
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    await expect.poll(() => ask(0), { timeout: 30_000 }).toBe(1);
    await expect.poll(() => ask(1), { timeout: 30_000 }).toBe(true);
    expect((await stores.rateLimits.consume('one', policy, 1)).isAllowed).toBe(false);
    expect((await stores.sessions.read('one'))?.data).toEqual({ user: 'ann' });
    expect(await stores.leases.holder('job')).toEqual(lease);
    expect(await stores.leases.renew('job', lease!, 600_000)).toBe(true);
    const before = asked;
    expect([await page(), asked]).toEqual(['page', before]);
    expect(lines.filter((line) => line === 'Redis fails')).toHaveLength(1);
    expect(lines.at(-1)).toBe('Redis answers again');
  });
});
