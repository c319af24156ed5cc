import {
  createDistributionServices,
  createSiteHandler,
  defineDistribution,
  formatProblems,
  loadConfig,
} from '@windhover/config';
import { systemClock } from '@windhover/core';
import { runHandler } from '@windhover/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { startRedis } from '../../redis/test/redis-server.ts';
import { standardFeatures, standardResources } from '../src/index.ts';

/** A server with this configuration, and what its log hears. */
async function serverOf(text: string) {
  const lines: string[] = [];
  const note = (message: string): void => void lines.push(message);
  const log = { debug: note, info: note, warn: note, error: note };
  const definition = defineDistribution({ features: standardFeatures, resources: standardResources });
  const services = createDistributionServices({ log, clock: systemClock });
  const loaded = await loadConfig({ file: '/etc/windhover.yaml', text }, definition, services);
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  await loaded.config.prepare();
  onTestFinished(() => loaded.config.dispose());
  const handler = createSiteHandler(loaded.config);
  const ask = async (): Promise<number> => (await runHandler(handler, { headers: { host: 'a' } })).status;
  return { ask, lines };
}

const site = (port: number, more = ''): string => `
stores: { shared: { redis: redis://127.0.0.1:${port} } }
sites: { a: { rateLimit: { rate: 4/h, store: shared${more} }, routes: [{ path: /, respond: hello }] } }`;

describe.skipIf(!hasPeer('redis-server'))('stores in Redis', () => {
  it('make one limit of those of two servers, and outlive a configuration', async () => {
    const { port } = await startRedis();
    const first = await serverOf(site(port));
    const second = await serverOf(site(port));
    const statuses = [await first.ask(), await second.ask(), await first.ask(), await second.ask()];
    expect([...statuses, await first.ask(), await second.ask()]).toEqual([200, 200, 200, 200, 429, 429]);
    expect(await (await serverOf(site(port))).ask()).toBe(429);
    expect(first.lines.filter((line) => line.includes('Redis'))).toEqual([]);
  });

  it('may be gone when the server starts: it starts, and each limit says what holds', async () => {
    const redis = await startRedis();
    await redis.kill();
    const open = await serverOf(site(redis.port, ', onStoreError: open'));
    expect(open.lines).toEqual(['A store cannot be reached yet']);
    for (let count = 0; count < 6; count++) expect(await open.ask()).toBe(200);
    const closed = await serverOf(site(redis.port, ', onStoreError: closed'));
    expect(await closed.ask()).toBe(503);
    await redis.start();
    await expect.poll(closed.ask, { timeout: 10_000 }).toBe(200);
  });
});

it.each([
  ['stores: { shared: { redis: "http://a" } }', 'a URL such as `redis://127.0.0.1:6379`'],
  ['stores: { shared: { redis: { sentinels: ["a:1"] } } }', '`master` beside `sentinels`'],
  ['stores: { shared: { memcached: x } }', 'redis'],
  ['rateLimit: { rate: 1/s, store: shared }', 'shared'],
])('say what is wrong with %s', async (line, message) => {
  await expect(serverOf(`${line}\nsites: { a: { routes: [{ path: /, respond: x }] } }`)).rejects.toThrow(message);
});
