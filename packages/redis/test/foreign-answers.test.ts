import type { CacheMeta } from '@windhover/cache';
import { metaOf } from '@windhover/cache/testing';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { redisStores } from '../src/index.ts';
import { startRedis, type TestRedis } from './redis-server.ts';

const hash = 'windhover:cache:{pages}:answers';

function openCache(redis: TestRedis) {
  const client = new Redis({ path: redis.path, maxRetriesPerRequest: 0 });
  client.on('error', () => undefined);
  onTestFinished(() => void client.disconnect());
  const warnings: string[] = [];
  const nothing = (): void => undefined;
  const log = { debug: nothing, info: nothing, warn: (line: string) => void warnings.push(line), error: nothing };
  const cache = redisStores(client, { log, timeoutMs: 5000 }).cache('pages', { maxBytes: 1024 * 1024 });
  const put = async (key: string): Promise<void> => {
    const writer = cache.open(metaOf(key, { storedAtMs: Date.now() }));
    writer.write(Buffer.from('page'));
    await writer.commit();
  };
  /** Changes the first line and the description of the only answer. */
  const change = async (edit: (line: string, meta: CacheMeta) => readonly [string, unknown]): Promise<void> => {
    const [id, text] = Object.entries(await client.hgetall(hash))[0]!;
    const end = text.indexOf('\n');
    const [line, meta] = edit(text.slice(0, end), JSON.parse(text.slice(end + 1)) as CacheMeta);
    await client.hset(hash, id, `${line}\n${JSON.stringify(meta)}`);
  };
  return { cache, put, change, warnings };
}

describe.skipIf(!hasPeer('redis-server'))('an answer that somebody else has written into Redis', () => {
  it('is a miss if it cannot be sent, and the log hears of it once', async () => {
    const redis = await startRedis();
    const { cache, put, change, warnings } = openCache(redis);
    await put('a');
    expect(await cache.get('a')).toHaveLength(1);
    await change((line, meta) => [line, { ...meta, fields: ['x-a', 'a\r\nSet-Cookie: b', 'X-A'] }]);
    expect([await cache.get('a'), await cache.get('a')]).toEqual([[], []]);
    expect(warnings).toEqual([expect.stringContaining('counts as a miss')]);
    await put('a'); // replaces it
    expect(await cache.get('a')).toHaveLength(1);
  });

  it('is a miss if it says that it is longer than the cache', async () => {
    const { cache, put, change } = openCache(await startRedis());
    await put('a');
    await change((line, meta) => [
      line.replace(/^(\d+ \d+) \d+/, '$1 3814697266'),
      { ...meta, length: 3814697266 * 262144 },
    ]);
    expect(await cache.get('a')).toEqual([]);
  });

  it('is removed at once, however many pieces it says it has', async () => {
    const redis = await startRedis();
    const { cache, put, change } = openCache(redis);
    await put('a');
    await change((line, meta) => [line.replace(/^(\d+ \d+) \d+/, '$1 2000'), meta]);
    expect(await cache.purge({ all: true }, false)).toBe(1);
    await cache.get('a'); // behind all that was sent for the pieces
    expect(await redis.cli('info', 'commandstats')).not.toContain('cmdstat_pexpire');
  });
});
it.each([
  ['no cursor', () => null, 'an answer of another kind'],
  ['the same cursor each time', () => 'x', 'does not end'],
  ['always another cursor', (round: number) => `x${round}`, 'does not end'],
])('a purge that Redis answers with %s is refused', async (_what, cursor, message) => {
  let round = 0;
  const call = async (): Promise<unknown> => ['epoch', 1, 0, 0, [], 1, cursor(round++), 0, []];
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const cache = redisStores({ call, callBuffer: call } as never, { log }).cache('pages', { maxBytes: 1024 });
  await expect(cache.purge({ all: true }, false)).rejects.toThrow(message);
  expect(round).toBeLessThan(1100);
});
