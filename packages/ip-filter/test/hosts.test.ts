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
import { ipFilter } from '../src/lib/ip-filter.ts';

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
  const log = { warn: () => undefined };

  it('ipFilter() keeps out whom it should, whatever the client says of its address', async () => {
    // `app.request` of Hono has no connection: its clients are as those of a Unix socket.
    const self = name === 'Hono' ? 'unix' : 'loopback';
    const headers = { 'X-Forwarded-For': '203.0.113.1' };
    expect(await (await start(ipFilter({ deny: self, log })))('/', { headers })).toBe(403);
    expect(await (await start(ipFilter({ deny: self, answer: 'notFound', log })))('/')).toBe(404);
    expect(await (await start(ipFilter({ allow: '203.0.113.1', log })))('/', { headers })).toBe(403);
    expect(await (await start(ipFilter({ allow: self, log })))('/')).toBe(200);
  });
});
