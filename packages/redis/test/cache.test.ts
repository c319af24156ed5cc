import { createCache, createMemoryStore, createTieredStore } from '@windhover/cache';
import { cacheStoreRules, metaOf } from '@windhover/cache/testing';
import type { HttpContext, Logger } from '@windhover/core';
import { createManualClock, type ManualClock, runHandler } from '@windhover/testing';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { type RedisCacheOptions, redisStores } from '../src/index.ts';
import { connect, connectCluster } from './redis-clients.ts';
import { startCluster, startRedis, type TestRedis } from './redis-server.ts';

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

interface TestServer {
  readonly clock: ManualClock;
  readonly client: Redis;
  /** The text that a client gets, and how often the origin of this server was asked so far. */
  ask(path: string): Promise<string>;
  purge: ReturnType<typeof createCache>['purge'];
  asked(): number;
  hits(): number;
}

/** A server with a cache in Redis, behind memory. Its origin answers with the page of the moment. */
function server(redis: TestRedis, pages: Record<string, string>, options: RedisCacheOptions = {}): TestServer {
  const client = new Redis({ path: redis.path, maxRetriesPerRequest: 0, retryStrategy: () => 20 });
  client.on('error', () => undefined);
  onTestFinished(() => void client.disconnect());
  const clock = createManualClock({ now: Date.now() });
  const stores = redisStores(client, { log: silent, timeoutMs: 5000, restMs: 1, clock });
  const memory = createMemoryStore({ clock });
  const cache = createCache({ store: createTieredStore(memory, stores.cache('pages', options)), clock });
  let asked = 0;
  const handler = (context: HttpContext) =>
    cache.middleware(context, ({ request, response }) => {
      asked += 1;
      response.headers.set('Cache-Control', 'max-age=600');
      response.headers.set('Surrogate-Key', `news ${request.path.slice(1)}`);
      response.body = pages[request.path] ?? 'nothing';
    });
  const ask = async (path: string): Promise<string> =>
    (await runHandler(handler, { url: path, now: clock.now })).text();
  return { clock, client, ask, purge: cache.purge, asked: () => asked, hits: () => cache.stats.hit };
}

/** Asks until the answer comes from what is stored: it is stored a moment after the first one. */
async function warm(one: TestServer, path: string): Promise<void> {
  await one.ask(path);
  await expect
    .poll(async () => {
      const before = one.hits();
      await one.ask(path);
      return one.hits() - before;
    })
    .toBe(1);
}

describe.skipIf(!hasPeer('redis-server'))('a cache in a real Redis', () => {
  for (const [name, open] of Object.entries(connect)) {
    it(`keeps the rules of stores over ${name}, alone and behind memory`, async () => {
      const { path, cli } = await startRedis();
      const client = await open(path);
      for (const rule of cacheStoreRules) {
        await cli('flushall');
        await rule.run(() => redisStores(client, { timeoutMs: 5000 }).cache('pages'));
        await cli('flushall');
        await rule.run(() =>
          createTieredStore(createMemoryStore(), redisStores(client, { timeoutMs: 5000 }).cache('pages')),
        );
      }
    });
  }

  it.each(['ioredis', 'redis'])('keeps the rules in a cluster of three over %s', async (library) => {
    const nodes = await startCluster();
    const client = await connectCluster(
      library,
      nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
    );
    for (const [index, rule] of cacheStoreRules.entries())
      await rule.run(() => redisStores(client, { timeoutMs: 5000 }).cache(`pages-${index}`));
  });

  it('gives one server what another has stored', async () => {
    const redis = await startRedis();
    const pages = { '/a': 'first' };
    const [left, right] = [server(redis, pages), server(redis, pages)];
    await warm(left, '/a');
    expect([await right.ask('/a'), right.asked()]).toEqual(['first', 0]);
    expect([await right.ask('/a'), right.asked()]).toEqual(['first', 0]);
  });

  it('answers from memory without a question to Redis', async () => {
    const redis = await startRedis();
    const one = server(redis, { '/a': 'first' });
    await warm(one, '/a');
    const before = await redis.cli('info', 'commandstats');
    for (let count = 0; count < 50; count++) await one.ask('/a');
    const calls = (text: string): string | undefined => /cmdstat_evalsha:calls=(\d+)/.exec(text)?.[1];
    expect(calls(await redis.cli('info', 'commandstats'))).toBe(calls(before));
  });

  it.each([
    ['a URL', { url: 'http://localhost/a' }],
    ['a prefix', { prefix: 'http://localhost/' }],
    ['a tag', { tag: 'a' }],
    ['everything', { all: true }],
  ] as const)(
    'purges %s from the memory of the other server too, without a channel a second later',
    async (_, selector) => {
      const redis = await startRedis();
      const pages: Record<string, string> = { '/a': 'first' };
      const [left, right] = [server(redis, pages), server(redis, pages)];
      await warm(left, '/a');
      await right.ask('/a');
      pages['/a'] = 'second';
      expect(await left.purge(selector)).toBe(1);
      right.clock.advance(1001);
      expect([await right.ask('/a'), await left.ask('/a')]).toEqual(['second', 'second']);
    },
  );

  it('hears of purges at once where it listens to the channel', async () => {
    const redis = await startRedis();
    const pages: Record<string, string> = { '/a': 'first' };
    const subscriber = new Redis({ path: redis.path });
    onTestFinished(() => void subscriber.disconnect());
    const subscribe = (channel: string, listener: (message: string) => void): void => {
      subscriber.on('message', (_channel, message: string) => listener(message));
      void subscriber.subscribe(channel);
    };
    const left = server(redis, pages);
    const right = server(redis, pages, { subscribe });
    await warm(left, '/a');
    await right.ask('/a');
    await expect.poll(() => redis.cli('pubsub', 'numsub', 'windhover:cache:{pages}:purged')).toMatch(/\n1$/);
    pages['/a'] = 'second';
    await left.purge({ url: 'http://localhost/a' });
    await expect.poll(() => right.ask('/a')).toBe('second'); // its clock stands still
  });

  it('serves nothing that was purged while it was disconnected', async () => {
    const redis = await startRedis();
    const pages: Record<string, string> = { '/a': 'first', '/b': 'first' };
    const [left, right] = [server(redis, pages), server(redis, pages)];
    for (const path of ['/a', '/b']) {
      await warm(left, path);
      await right.ask(path);
    }
    right.client.disconnect();
    pages['/a'] = pages['/b'] = 'second';
    for (let count = 0; count < 3; count++) await left.purge({ url: 'http://localhost/a' });
    right.clock.advance(1001);
    expect(await right.ask('/a')).toBe('second'); // from its origin: nothing else is certain
    await right.client.connect();
    expect([await right.ask('/a'), await right.ask('/b')]).toEqual(['second', 'first']);
  });

  it('drops what it has when more was purged meanwhile than the log remembers, and when Redis has lost everything', async () => {
    const redis = await startRedis();
    const pages: Record<string, string> = { '/a': 'first' };
    const [left, right] = [server(redis, pages), server(redis, pages)];
    await warm(left, '/a');
    await right.ask('/a');
    pages['/a'] = 'second';
    await Promise.all(Array.from({ length: 1100 }, (_, index) => left.purge({ url: `http://localhost/${index}` })));
    right.clock.advance(1001);
    const before = right.asked();
    expect([await right.ask('/a'), right.asked()]).toEqual(['first', before]); // from Redis, where it was never purged
    await redis.cli('flushall');
    right.clock.advance(1001);
    expect(await right.ask('/a')).toBe('second');
  });

  it('does not store an answer that another server has purged while it arrived', async () => {
    const redis = await startRedis();
    const [left, right] = [redis, redis].map((each) => {
      const client = new Redis({ path: each.path });
      onTestFinished(() => void client.disconnect());
      return redisStores(client, { timeoutMs: 5000 }).cache('pages');
    });
    await left!.get('http://a/1');
    const meta = metaOf('http://a/1', { tags: ['red'] });
    for (const selector of [{ tag: 'red' }, { url: 'http://a/1' }, { prefix: 'http://a' }, { all: true }] as const) {
      const writer = left!.open(meta);
      writer.write(new Uint8Array(7));
      await right!.purge(selector, false);
      await writer.commit();
      expect(await right!.get('http://a/1')).toEqual([]);
    }
    const writer = left!.open(meta);
    writer.write(new Uint8Array(7));
    await right!.purge({ tag: 'blue' }, false);
    await writer.commit();
    expect(await right!.get('http://a/1')).toHaveLength(1);
  });

  it('repeats a purge that Redis could not be told, before it serves anything from there', async () => {
    const redis = await startRedis();
    const pages: Record<string, string> = { '/a': 'first' };
    const [left, right] = [server(redis, pages), server(redis, pages)];
    await warm(left, '/a');
    left.client.disconnect();
    pages['/a'] = 'second';
    await expect(left.purge({ url: 'http://localhost/a' })).rejects.toThrow(expect.objectContaining({ status: 503 }));
    expect(await right.ask('/a')).toBe('first');
    await left.client.connect();
    expect(await left.ask('/a')).toBe('second');
    right.clock.advance(1001);
    expect(await right.ask('/a')).toBe('second');
  });

  it('purges everything again when a failover has lost a purge', async () => {
    const redis = await startRedis();
    const pages: Record<string, string> = { '/a': 'first', '/b': 'first' };
    const one = server(redis, pages);
    await warm(one, '/a');
    await warm(one, '/b');
    await one.purge({ url: 'http://localhost/a' });
    await redis.cli('hset', 'windhover:cache:{pages}:state', 'seq', '0'); // as a replica that had not heard of it
    await redis.cli('del', 'windhover:cache:{pages}:log');
    pages['/b'] = 'second';
    one.clock.advance(1001);
    await one.ask('/other');
    expect(await one.ask('/b')).toBe('second');
  });

  it.each([
    ['open', 'second'],
    ['local', 'first'],
  ] as const)('answers while Redis is gone, and as before when it is back: %s', async (onStoreError, text) => {
    const redis = await startRedis();
    const pages: Record<string, string> = { '/a': 'first' };
    const one = server(redis, pages, { onStoreError });
    await warm(one, '/a');
    await redis.kill();
    pages['/a'] = 'second';
    one.clock.advance(1001);
    await one.ask('/b');
    expect(await one.ask('/a')).toBe(text);
    await redis.start();
    await expect
      .poll(async () => {
        one.clock.advance(1001);
        await one.ask('/a');
        return redis.cli('zcard', 'windhover:cache:{pages}:ids');
      })
      .not.toBe('0');
  });

  it('takes no more room than it may, and gives it back', async () => {
    const redis = await startRedis();
    const client = new Redis({ path: redis.path });
    onTestFinished(() => void client.disconnect());
    const store = redisStores(client, { timeoutMs: 5000 }).cache('pages', { maxBytes: 100_000 });
    for (let index = 0; index < 100; index++) {
      const writer = store.open(metaOf(`http://a/${index}`));
      writer.write(new Uint8Array(5000));
      await writer.commit();
    }
    expect(store.bytes).toBeLessThanOrEqual(100_000);
    expect(store.size).toBeGreaterThan(10);
    expect(await store.get('http://a/0')).toEqual([]);
    expect(await store.get('http://a/99')).toHaveLength(1);
    await store.purge({ all: true }, false);
    const keys = async (): Promise<string> => redis.cli('keys', '*');
    await expect.poll(keys).not.toContain('content');
    expect((await keys()).split('\n').sort()).toEqual(['windhover:cache:{pages}:log', 'windhover:cache:{pages}:state']);
  });

  it('lets Redis forget every content by itself', async () => {
    const redis = await startRedis();
    const one = server(redis, { '/a': 'x' });
    await warm(one, '/a');
    const content = (await redis.cli('keys', '*content*')).split('\n');
    expect(content).toHaveLength(1);
    expect(Number(await redis.cli('pttl', content[0]!))).toBeGreaterThan(500_000);
  });

  it('takes what is not an answer of ours for nothing', async () => {
    const redis = await startRedis();
    const one = server(redis, { '/a': 'first' });
    await warm(one, '/a');
    const id = (await redis.cli('zrange', 'windhover:cache:{pages}:ids', '0', '0')).trim();
    for (const text of [
      '',
      'x',
      '255 1 1 a b 0 0\n{}',
      '255 1 1 a b 0 0\n{"key":',
      `255 1 9 a b 0 0\n{"key":"http://localhost/a"}`,
    ]) {
      await redis.cli('hset', 'windhover:cache:{pages}:answers', id, text);
      const other = server(redis, { '/a': 'again' });
      const direct = redisStores(other.client, { timeoutMs: 5000 }).cache('pages');
      expect(await direct.get('http://localhost/a')).toEqual([]);
    }
  });
});
