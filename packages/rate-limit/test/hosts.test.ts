import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toConnect } from '@windhover/adapter-connect';
import { toFastify } from '@windhover/adapter-fastify';
import { toHono } from '@windhover/adapter-fetch';
import type { HttpContext, Middleware } from '@windhover/core';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rateLimit } from '../src/lib/rate-limit.ts';
import { throttle } from '../src/lib/throttle.ts';

const page = 'x'.repeat(3000);
type Ask = (headers?: Record<string, string>) => Promise<Response>;

async function listen(listener: RequestListener): Promise<Ask> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return (headers = {}) => fetch(`http://127.0.0.1:${port}/`, { headers });
}

const hosts: Record<string, (middleware: Middleware<HttpContext>) => Promise<Ask>> = {
  async Express(middleware) {
    const app = express();
    app.use(toConnect(middleware));
    app.get('/', (_request, response) => void response.send(page));
    return listen(app);
  },
  async Fastify(middleware) {
    const app = fastify();
    await app.register(toFastify(middleware));
    app.get('/', async () => page);
    onTestFinished(() => app.close());
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    return (headers = {}) => fetch(url, { headers });
  },
  async Hono(middleware) {
    const app = new Hono();
    app.use(toHono(middleware));
    app.get('/', (context) => context.text(page));
    return async (headers = {}) => app.request('/', { headers });
  },
  async 'node:http'(middleware) {
    const layer = toConnect(middleware);
    return listen((request, response) => layer(request, response, () => response.end(page)));
  },
};

describe.each(Object.entries(hosts))('in %s', (_name, start) => {
  it('rateLimit() refuses what is too much, whatever the client says of its address', async () => {
    const ask = await start(rateLimit({ requests: 2, perMs: 60_000 }));
    const answers = [];
    for (const address of ['1.1.1.1', '2.2.2.2', '3.3.3.3']) answers.push(await ask({ 'x-forwarded-for': address }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers.map(({ headers }) => headers.get('ratelimit'))).toEqual([
      '"default";r=1;t=30',
      expect.stringMatching(/^"default";r=0;t=(?:59|60)$/),
      expect.stringMatching(/^"default";r=0;t=(?:59|60)$/),
    ]);
    expect(answers[2]!.headers.get('retry-after')).toMatch(/^(?:29|30)$/);
  });

  it('throttle() sends all of an answer', async () => {
    const ask = await start(throttle({ bytesPerSecond: 20_000, burstMs: 0 }));
    const answer = await ask();
    expect([answer.status, (await answer.text()).length]).toEqual([200, page.length]);
  });
});
