import { toFastify } from '@windhover/adapter-fastify';
import { toHono } from '@windhover/adapter-fetch';
import fastify from 'fastify';
import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cache } from '../src/lib/cache.ts';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

interface Host {
  ask(path: string, headers?: Record<string, string>): Promise<Response>;
  /** How often the application was asked. */
  count(): number;
}

/** Each answers `/page` for all, slowly, and `/mine` for one client. */
const hosts: Record<string, () => Promise<Host>> = {
  async Fastify() {
    const app = fastify();
    let count = 0;
    await app.register(toFastify(cache(), { log }));
    app.get('/page', async (_request, reply) => {
      count += 1;
      await new Promise((resolve) => setImmediate(resolve));
      return reply.header('Cache-Control', 'max-age=60').header('ETag', '"a"').send(`answer ${count}`);
    });
    app.get('/mine', (_request, reply) => {
      count += 1;
      return reply.header('Cache-Control', 'private').send(`mine ${count}`);
    });
    onTestFinished(() => app.close());
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    return { ask: (path, headers = {}) => fetch(`${url}${path}`, { headers }), count: () => count };
  },
  async Hono() {
    const app = new Hono();
    let count = 0;
    app.use(toHono(cache()));
    app.get('/page', async (context) => {
      count += 1;
      await new Promise((resolve) => setImmediate(resolve));
      return context.body(`answer ${count}`, 200, { 'Cache-Control': 'max-age=60', ETag: '"a"' });
    });
    app.get('/mine', (context) => context.body(`mine ${++count}`, 200, { 'Cache-Control': 'private' }));
    return { ask: async (path, headers = {}) => app.request(path, { headers }), count: () => count };
  },
};

describe.each(Object.entries(hosts))('cache() in %s', (_name, start) => {
  it('asks the application once for all who wait, and answers conditions and ranges from what it has sent', async () => {
    const { ask, count } = await start();
    const texts = await Promise.all(Array.from({ length: 5 }, async () => (await ask('/page')).text()));
    expect([new Set(texts), count()]).toEqual([new Set(['answer 1']), 1]);
    const hit = await ask('/page');
    expect([await hit.text(), hit.headers.get('cache-status')]).toEqual(['answer 1', expect.stringContaining('hit')]);
    const part = await ask('/page', { Range: 'bytes=0-2' });
    expect([part.status, await part.text()]).toEqual([206, 'ans']);
    expect([(await ask('/page', { 'If-None-Match': '"a"', 'Cache-Control': 'max-age=60' })).status, count()]).toEqual([
      304, 1,
    ]);
  });

  it('gives each client an answer of its own that is private', async () => {
    const { ask } = await start();
    expect([await (await ask('/mine')).text(), await (await ask('/mine')).text()]).toEqual(['mine 1', 'mine 2']);
  });
});
