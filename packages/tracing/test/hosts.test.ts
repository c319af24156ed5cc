import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { contextOf, toConnect } from '@windhover/adapter-connect';
import { toFastify } from '@windhover/adapter-fastify';
import { toHono } from '@windhover/adapter-fetch';
import type { HttpContext, Middleware } from '@windhover/core';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { expect, it, onTestFinished } from 'vitest';
import { tracing } from '../src/lib/tracing.ts';
import { tracingContextKey } from '../src/lib/tracing-context.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const traceOf = (request: Parameters<typeof contextOf>[0]): string =>
  contextOf(request)!.get(tracingContextKey)!.traceId;
const ask = async (url: string): Promise<string> => (await fetch(url, { headers: { traceparent } })).text();

const hosts: Record<string, (middleware: Middleware<HttpContext>) => Promise<string>> = {
  async Express(middleware) {
    const app = express();
    app.use(toConnect(middleware));
    app.get('/', (request, response) => void response.send(traceOf(request)));
    return ask(await listen(app));
  },
  async Fastify(middleware) {
    const app = fastify();
    await app.register(toFastify(middleware));
    app.get('/', (request, reply) => void reply.send(traceOf(request.raw)));
    onTestFinished(() => app.close());
    return ask(await app.listen({ host: '127.0.0.1', port: 0 }));
  },
  async Hono(middleware) {
    const app = new Hono();
    let seen = '';
    app.use(
      toHono((context, next) =>
        middleware(context, (inner) => {
          seen = inner.get(tracingContextKey)!.traceId;
          return next(inner);
        }),
      ),
    );
    app.get('/', (context) => context.text('hello'));
    await app.request('/', { headers: { traceparent } });
    return seen;
  },
  async 'node:http'(middleware) {
    const trace = toConnect(middleware);
    return ask(
      await listen((request, response) => trace(request, response, () => void response.end(traceOf(request)))),
    );
  },
};

it.each(Object.entries(hosts))('continues a trace in %s', async (_name, answer) => {
  expect(await answer(tracing())).toBe('0af7651916cd43dd8448eb211c80319c');
});
