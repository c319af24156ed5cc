import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toConnect } from '@windhover/adapter-connect';
import { toFastify } from '@windhover/adapter-fastify';
import { toHono } from '@windhover/adapter-fetch';
import type { HttpContext, Middleware } from '@windhover/core';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import { requestFilter } from '../src/lib/request-filter.ts';

type Ask = (
  target: string,
  init?: { readonly method?: string; readonly headers?: Record<string, string> },
) => Promise<number>;

/** Asks for exactly this target, which `fetch` would normalise. */
function asking(port: number): Ask {
  return async (path, init = {}) => {
    const call = request({ host: '127.0.0.1', port, path, ...init }).end();
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    return answer.statusCode!;
  };
}

async function listen(listener: RequestListener): Promise<Ask> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return asking((server.address() as AddressInfo).port);
}

const hosts: Record<string, (middleware: Middleware<HttpContext>) => Promise<Ask>> = {
  async Express(middleware) {
    const app = express();
    app.use(toConnect(middleware));
    app.use((_request, response) => void response.send('page'));
    return listen(app);
  },
  async Fastify(middleware) {
    const app = fastify();
    await app.register(toFastify(middleware));
    app.get('/*', async () => 'page');
    onTestFinished(() => app.close());
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    return asking(Number(new URL(url).port));
  },
  async Hono(middleware) {
    const app = new Hono();
    app.use(toHono(middleware));
    app.get('/*', (context) => context.text('page'));
    return async (target, init = {}) => (await app.request(target, init)).status;
  },
  async 'node:http'(middleware) {
    const layer = toConnect(middleware);
    return listen((incoming, response) => layer(incoming, response, () => response.end('page')));
  },
};

describe.each(Object.entries(hosts))('in %s', (name, start) => {
  it('requestFilter() refuses what IIS refuses, and nothing else', async () => {
    const ask = await start(requestFilter({ preset: 'iis-defaults', log: { warn: () => undefined } }));
    const targets = [
      '/',
      '/a?b=c',
      '/binary',
      '/bin/x',
      '/%62in/x',
      '/web.config',
      '/a%252fb',
      '/bin%2fx',
      '/x.cs;a=1',
    ];
    const statuses: number[] = [];
    for (const target of targets) statuses.push(await ask(target));
    expect(statuses).toEqual([200, 200, 200, 404, 404, 404, 404, 404, 404]);
    expect(await ask(`/?${'a'.repeat(2049)}`)).toBe(404);
    if (name !== 'Hono') expect(await ask('/x/../bin/x')).toBe(404); // `Request` resolves dots before Hono sees them
  });

  it('requestFilter() finds attacks with strict', async () => {
    const ask = await start(requestFilter({ preset: 'strict', log: { warn: () => undefined } }));
    expect(await ask("/search?q=O'Brien")).toBe(200);
    expect(await ask('/search?q=1%27%20or%20%271%27=%271')).toBe(403);
    expect(await ask('/', { headers: { 'User-Agent': 'sqlmap/1.7' } })).toBe(403);
  });
});
