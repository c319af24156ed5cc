import { writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startRedis } from '../../../packages/redis/test/redis-server.ts';
import { hasPeer } from '../../../scripts/lib/peer.ts';
import { execute, startUpstream, temporaryFolder } from './front-server-fixtures.ts';
import { type Running, start, until } from './supervised-fixtures.ts';

/** Asks a server for a path of the site, by one name whatever its port is, on a new connection: any worker may answer. */
async function ask({ port }: Running, path: string, ...more: string[]): Promise<{ text: string; status: string }> {
  const url = `http://127.0.0.1:${port}${path}`;
  const { stdout } = await execute('curl', ['-s', '-H', 'Host: site.test', '-w', '\n%{http_code}', ...more, url]);
  const end = stdout.lastIndexOf('\n');
  return { text: stdout.slice(0, end), status: stdout.slice(end + 1) };
}

/** A plugin that counts the visits of a browser. */
const visits = `export default {
  name: 'acme.visits',
  levels: ['route'],
  phases: ['origin'],
  combine: 'replace',
  schema: { '~standard': { version: 1, vendor: 'acme', validate: (value) => ({ value }) } },
  create: () => ({
    layers: [{ phase: 'origin', run(context) {
      const session = context.get(session_);
      session.set('visits', (session.get('visits') ?? 0) + 1);
      context.response.body = String(session.get('visits'));
    } }],
  }),
};
import { contextKey } from '${new URL('../../../packages/core/dist/index.js', import.meta.url).href}';
const session_ = contextKey('session');
`;

describe.skipIf(!hasPeer('redis-server'))('two front servers with two workers each, on one Redis', () => {
  it('store an answer for each other, and purge it for each other', { timeout: 120_000 }, async () => {
    let version = 1;
    let asked = 0;
    const listener: RequestListener = (request, response) => {
      asked += 1;
      response.setHeader('Cache-Control', 'max-age=3600');
      response.setHeader('Surrogate-Key', 'news');
      response.end(`${request.url} ${version}`);
    };
    const { port: upstream } = await startUpstream(listener);
    const redis = await startRedis();
    const config = `stores: { shared: { redis: "redis://127.0.0.1:${redis.port}" } }
caches: { pages: { store: shared } }
sites: { a: { routes: [{ path: /, cache: { store: pages, purge: true }, proxy: "http://127.0.0.1:${upstream}" }] } }\n`;
    const [left, right] = await Promise.all([start(config), start(config)]);
    expect((await ask(left, '/page')).text).toBe('/page 1');
    await until(async () => (await redis.cli('zcard', 'windhover:cache:{pages}:ids')) === '1');
    // Every worker has a copy in memory afterwards, and none has asked the origin.
    for (let count = 0; count < 20; count++)
      for (const server of [left, right]) expect((await ask(server, '/page')).text).toBe('/page 1');
    expect(asked).toBe(1);

    version = 2;
    for (const [at, ...purge] of [
      [left, '/page'],
      [right, '/pa*'],
      [left, '/', '-H', 'Surrogate-Key: news'],
      [right, '/*'],
    ] as const) {
      const [path, ...more] = purge;
      expect((await ask(at, path, '-X', 'PURGE', ...more)).text).toBe('{"purged":1}\n');
      const expected = `/page ${version}`;
      let inARow = 0; // no worker has the old one any more
      await until(async () => {
        for (const server of [left, right]) inARow = (await ask(server, '/page')).text === expected ? inARow + 1 : 0;
        return inARow >= 20;
      });
      await until(async () => (await redis.cli('zcard', 'windhover:cache:{pages}:ids')) === '1');
      version += 1;
    }
  });

  it('let in as many together as one limit says', { timeout: 120_000 }, async () => {
    const redis = await startRedis();
    const config = `stores: { shared: { redis: "redis://127.0.0.1:${redis.port}" } }
rateLimit: { requests: 7, per: 1h, by: all, store: shared, onStoreError: closed }
sites: { a: { routes: [{ path: /, respond: ok }] } }\n`;
    const [left, right] = await Promise.all([start(config), start(config)]);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(index % 2 ? left : right, '/')));
    expect(answers.filter(({ status }) => status === '200')).toHaveLength(7);
    expect(answers.filter(({ status }) => status === '429')).toHaveLength(13);
  });

  it('know a browser wherever it comes', { timeout: 120_000 }, async () => {
    const redis = await startRedis();
    const plugin = join(await temporaryFolder(), 'visits.mjs');
    await writeFile(plugin, visits);
    const config = `plugins: ["${plugin}"]
stores: { shared: { redis: "redis://127.0.0.1:${redis.port}" } }
session: { keys: a secret of more than thirty-two characters, store: shared }
sites: { a: { routes: [{ path: /, acme.visits: true }] } }\n`;
    const [left, right] = await Promise.all([start(config), start(config)]);
    const jar = join(await temporaryFolder(), 'cookies');
    for (let count = 1; count <= 8; count++)
      expect((await ask(count % 2 ? left : right, '/', '-b', jar, '-c', jar)).text).toBe(String(count));
    expect((await ask(left, '/')).text).toBe('1'); // another browser
  });

  it('answer from the origin while Redis is gone, refuse a purge, and make up for it', {
    timeout: 120_000,
  }, async () => {
    let version = 1;
    const { port: upstream } = await startUpstream((_request, response) => {
      response.setHeader('Cache-Control', 'max-age=3600');
      response.end(`page ${version}`);
    });
    const redis = await startRedis('--save', '3600 1');
    const config = `stores: { shared: { redis: "redis://127.0.0.1:${redis.port}" } }
caches: { pages: { store: shared } }
sites: { a: { routes: [{ path: /, cache: { store: pages, purge: true }, proxy: "http://127.0.0.1:${upstream}" }] } }\n`;
    const [left, right] = await Promise.all([start(config), start(config)]);
    await ask(left, '/page');
    await until(async () => (await redis.cli('zcard', 'windhover:cache:{pages}:ids')) === '1');
    expect((await ask(right, '/page')).text).toBe('page 1');
    await redis.cli('save');
    await redis.kill();
    version = 2;
    await until(async () => (await ask(left, '/page')).text === 'page 2');
    expect((await ask(left, '/page', '-X', 'PURGE')).status).toBe('503');
    await redis.start(); // with everything that it had saved
    let inARow = 0;
    await until(async () => {
      for (const server of [left, right]) inARow = (await ask(server, '/page')).text === 'page 2' ? inARow + 1 : 0;
      return inARow >= 20;
    });
    expect(left.output()).toContain(`Redis cannot be reached: 127.0.0.1:${redis.port}`);
  });
});
