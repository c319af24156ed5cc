import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toConnect } from '@windhover/adapter-connect';
import { toFastify } from '@windhover/adapter-fastify';
import { toHono } from '@windhover/adapter-fetch';
import { compose, type HttpContext, type Middleware } from '@windhover/core';
import { createManualClock } from '@windhover/testing';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { expect, it, onTestFinished } from 'vitest';
import { maxRequestBody } from '../src/lib/max-request-body.ts';
import { requestTimeout } from '../src/lib/request-timeout.ts';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Ask = (path: string, body?: string) => Promise<number>;

const asking = (url: string): Ask => {
  return async (path, body) => {
    const response = await fetch(`${url}${path}`, body === undefined ? {} : { method: 'POST', body });
    await response.text();
    return response.status;
  };
};

/** Answers `/` with `hello`, and `/never` never; `asked` is told about the latter. */
const hosts: Record<string, (middleware: Middleware<HttpContext>, asked: () => void) => Promise<Ask>> = {
  async Express(middleware, asked) {
    const app = express();
    app.use(toConnect(middleware, { log }));
    app.all('/never', asked);
    app.all('/', (_request, response) => void response.send('hello'));
    return asking(await listen(app));
  },
  async Fastify(middleware, asked) {
    const app = fastify();
    await app.register(toFastify(middleware, { log }));
    app.get('/never', () => {
      asked();
      return new Promise(() => undefined);
    });
    app.all('/', () => Promise.resolve('hello'));
    onTestFinished(() => app.close());
    return asking(await app.listen({ host: '127.0.0.1', port: 0 }));
  },
  async Hono(middleware, asked) {
    const app = new Hono();
    app.use(toHono(middleware));
    app.get('/never', () => {
      asked();
      return new Promise<Response>(() => undefined);
    });
    app.all('/', (context) => context.text('hello'));
    return async (path, body) => {
      const headers = { 'Content-Length': String(body?.length) };
      return (await app.request(path, body === undefined ? {} : { method: 'POST', body, headers })).status;
    };
  },
  async 'node:http'(middleware, asked) {
    const limit = toConnect(middleware, { log });
    return asking(
      await listen((request, response) =>
        limit(request, response, (error) => {
          if (error !== undefined) response.statusCode = (error as { status: number }).status;
          if (request.url === '/never') asked();
          else response.end('hello');
        }),
      ),
    );
  },
};

it.each(Object.entries(hosts))('limits requests in %s', async (_name, start) => {
  const clock = createManualClock();
  let tell = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const limits = [requestTimeout(10_000, { clock }), maxRequestBody(10)];
  const middleware: Middleware<HttpContext> = (context, next) => compose(limits, next)(context);
  const ask = await start(middleware, () => tell());
  expect(await ask('/')).toBe(200);
  expect(await ask('/', 'x'.repeat(10))).toBe(200);
  expect(await ask('/', 'x'.repeat(11))).toBe(413);
  const late = ask('/never');
  await asked;
  clock.advance(10_000);
  expect(await late).toBe(504);
});
