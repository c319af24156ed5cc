import type { HttpContext, Logger } from '@windhover/core';
import { rateLimit } from '@windhover/rate-limit';
import { checkedCompose, runHandler } from '@windhover/testing';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { redisStores } from '../src/index.ts';
import { startRedis, type TestRedis } from './redis-server.ts';

/** A site behind a limit in Redis, with what the log hears. */
function site(redis: TestRedis, onStoreError: 'local' | 'open' | 'closed' = 'local', timeoutMs = 5000) {
  const client = new Redis({ path: redis.path, maxRetriesPerRequest: 0, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  onTestFinished(() => void client.disconnect());
  const lines: string[] = [];
  const note = (message: string): void => void lines.push(message);
  const log: Logger = { debug: note, info: note, warn: note, error: note };
  const quiet: Logger = { ...log, warn: () => undefined };
  const stores = redisStores(client, { log, timeoutMs, restMs: 100 });
  const limit = rateLimit({
    requests: 2,
    perMs: 3_600_000,
    store: stores.rateLimits,
    onStoreError,
    storeTimeoutMs: 6000,
    log: quiet,
  });
  const handler = checkedCompose([limit], ({ response }: HttpContext) => void (response.body = 'ok'));
  const ask = async (address = '192.0.2.1'): Promise<number> =>
    (await runHandler(handler, { connection: { remoteAddress: address } })).status;
  return { ask, lines, stores, client };
}

describe.skipIf(!hasPeer('redis-server'))('a limit in a Redis that fails', () => {
  it.each([
    ['local', [200, 200, 429]],
    ['open', [200, 200, 200]],
    ['closed', [503, 503, 503]],
  ] as const)(
    'holds as onStoreError says while Redis is gone, and as before when it is back: %s',
    async (policy, gone) => {
      const redis = await startRedis();
      const { ask, lines } = site(redis, policy);
      expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429]);
      await redis.kill();
      expect([await ask('192.0.2.2'), await ask('192.0.2.2'), await ask('192.0.2.2')]).toEqual(gone);
      for (let count = 0; count < 10; count++) await ask('192.0.2.3');
      await redis.start();
      // Redis has lost everything, so the first client has a new limit.
      await expect.poll(() => ask('192.0.2.4'), { timeout: 5000 }).toBe(429);
      await expect.poll(() => lines.includes('Redis answers again'), { timeout: 5000 }).toBe(true);
      expect(lines.filter((line) => line === 'Redis fails')).toHaveLength(1);
      expect(lines.filter((line) => line === 'The store of a rate limit fails')).toHaveLength(1);
    },
  );

  it('waits for a Redis that hangs no longer than its deadline, and after some failures not at all', async () => {
    const redis = await startRedis();
    const { stores } = site(redis, 'local', 150);
    const policy = { algorithm: 'token-bucket', requests: 9, perMs: 1000, burst: 9, countsRefused: false } as const;
    const ask = async (): Promise<string> => {
      try {
        await stores.rateLimits.consume('key', policy, 1);
        return 'decided';
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    await expect.poll(ask, { timeout: 5000 }).toBe('decided');
    redis.signal('SIGSTOP');
    const codes: string[] = [];
    for (let count = 0; count < 8; count++) codes.push(await ask());
    redis.signal('SIGCONT');
    expect(codes.slice(0, 5)).toEqual(codes.slice(0, 5).map(() => 'REDIS_TIMEOUT'));
    expect(codes).toContain('REDIS_UNAVAILABLE');
    await expect.poll(ask, { timeout: 5000 }).toBe('decided');
  });

  it('takes no answer for late that is there when this process stood still', async () => {
    const redis = await startRedis();
    const { stores, lines } = site(redis, 'local', 100);
    const policy = { algorithm: 'token-bucket', requests: 99, perMs: 1000, burst: 99, countsRefused: false } as const;
    await expect.poll(() => stores.sessions.read('one').catch(() => 'not yet')).toBe(null);
    const before = lines.length;
    const pending = Array.from({ length: 20 }, () => stores.rateLimits.consume('key', policy, 1));
    await new Promise((resolve) => setImmediate(resolve)); // they are sent
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    const decisions = await Promise.all(pending);
    expect(decisions.every(({ isAllowed }) => isAllowed)).toBe(true);
    expect(lines).toHaveLength(before);
  });

  it('sends a script again that Redis has forgotten', async () => {
    const redis = await startRedis();
    const { ask, lines } = site(redis);
    await ask();
    await redis.cli('script', 'flush');
    expect([await ask(), await ask()]).toEqual([200, 429]);
    expect(lines).toEqual([]);
  });

  it('takes a key of another type for a failure of that key alone', async () => {
    const redis = await startRedis();
    const { ask, lines } = site(redis, 'closed');
    await redis.cli('lpush', 'windhover:rate:token-bucket:2/3600000/2:default:192.0.2.1', 'x');
    for (let count = 0; count < 10; count++) expect(await ask('192.0.2.1')).toBe(503);
    expect(await ask('192.0.2.2')).toBe(200);
    expect(lines).not.toContain('Redis fails');
  });

  it('is one limit for two servers, exactly, also when they ask at once', async () => {
    const redis = await startRedis();
    const first = site(redis);
    const second = site(redis);
    const policy = {
      algorithm: 'token-bucket',
      requests: 100,
      perMs: 3_600_000,
      burst: 100,
      countsRefused: false,
    } as const;
    const decisions = await Promise.all(
      Array.from({ length: 400 }, (_, index) =>
        (index % 2 ? first : second).stores.rateLimits.consume('all', policy, 1),
      ),
    );
    expect(decisions.filter(({ isAllowed }) => isAllowed)).toHaveLength(100);
  });
});

describe.skipIf(!hasPeer('redis-server'))('what somebody else has written into Redis', () => {
  it.each([
    '',
    'x',
    '{',
    'null',
    '[]',
    '{"data":1,"createdAt":1,"usedAt":1}',
    '{"data":{},"createdAt":"1","usedAt":1}',
  ])('counts as no session, and the log hears of it once: %s', async (text) => {
    const redis = await startRedis();
    const { stores, lines } = site(redis);
    await expect.poll(() => stores.sessions.read('one').catch(() => 'not yet')).toBe(null);
    for (const key of ['one', 'two']) await redis.cli('set', `windhover:session:${key}`, text);
    expect([await stores.sessions.read('one'), await stores.sessions.read('two')]).toEqual([null, null]);
    expect(lines.filter((line) => line.includes('cannot be read'))).toHaveLength(1);
  });

  it.each(['1e300', '-5', 'nan', 'inf', 'a b c', '99999999999999', ''])(
    'counts as a limit that nothing was counted for yet: %s',
    async (text) => {
      const redis = await startRedis();
      const { stores } = site(redis);
      for (const algorithm of ['token-bucket', 'fixed-window', 'sliding-window'] as const) {
        const policy = { algorithm, requests: 2, perMs: 60_000, burst: 2, countsRefused: false };
        const name = `windhover:rate:${algorithm}:2/60000/2:one`;
        await expect.poll(() => redis.cli('set', name, text)).toBe('OK');
        const decisions = [];
        for (let count = 0; count < 3; count++) decisions.push(await stores.rateLimits.consume('one', policy, 1));
        expect(decisions.map(({ isAllowed }) => isAllowed)).toEqual([true, true, false]);
        expect(decisions.every(({ aheadMs, resetMs }) => aheadMs <= 120_000 && resetMs <= 120_000)).toBe(true);
      }
    },
  );
});

it.each([
  [{}, 'client: expected a client of ioredis, iovalkey or redis'],
  [null, 'client: expected an object'],
])('refuses %j as a client', (client, message) => expect(() => redisStores(client as never)).toThrow(message));

it('refuses options that cannot work', () => {
  expect(() => redisStores({ call: async () => null }, { prefix: 'a b' })).toThrow(
    'prefix: expected a text without spaces',
  );
  expect(() => redisStores({ call: async () => null }, { timeout: 1 } as never)).toThrow('timeout');
});
