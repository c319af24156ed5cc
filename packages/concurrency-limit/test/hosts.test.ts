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
import { expect, it, onTestFinished } from 'vitest';
import { createConcurrencyLimiter } from '../src/lib/create-concurrency-limiter.ts';

/** An application that answers when the test says so. */
class Application {
  readonly waiting: (() => void)[] = [];

  async answer(): Promise<string> {
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    return 'done';
  }
}

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Ask = () => Promise<{ status: number; headers: Headers }>;

const asking = (url: string): Ask => {
  return async () => {
    const response = await fetch(url);
    await response.text();
    return response;
  };
};

const hosts: Record<string, (middleware: Middleware<HttpContext>, application: Application) => Promise<Ask>> = {
  async Express(middleware, application) {
    const app = express();
    app.use(toConnect(middleware));
    app.get('/', async (_request, response) => void response.send(await application.answer()));
    return asking(await listen(app));
  },
  async Fastify(middleware, application) {
    const app = fastify();
    await app.register(toFastify(middleware));
    app.get('/', () => application.answer());
    onTestFinished(() => app.close());
    return asking(await app.listen({ host: '127.0.0.1', port: 0 }));
  },
  async Hono(middleware, application) {
    const app = new Hono();
    app.use(toHono(middleware));
    app.get('/', async (context) => context.text(await application.answer()));
    return async () => {
      const response = await app.request('/');
      await response.text();
      return response;
    };
  },
  async 'node:http'(middleware, application) {
    const limit = toConnect(middleware);
    return asking(
      await listen((request, response) =>
        limit(request, response, () => void application.answer().then((text) => response.end(text))),
      ),
    );
  },
};

it.each(Object.entries(hosts))('limits an application in %s', async (_name, start) => {
  const application = new Application();
  const limiter = createConcurrencyLimiter(1, { queue: 1, retryAfterMs: 2000 });
  const ask = await start(limiter.middleware, application);
  const first = ask();
  await expect.poll(() => application.waiting.length).toBe(1);
  const second = ask();
  await expect.poll(() => limiter.waiting).toBe(1);
  const third = await ask();
  expect([third.status, third.headers.get('retry-after')]).toEqual([503, '2']);
  application.waiting.shift()!();
  expect((await first).status).toBe(200);
  await expect.poll(() => application.waiting.length).toBe(1);
  application.waiting.shift()!();
  expect((await second).status).toBe(200);
  await expect.poll(() => limiter.active).toBe(0);
});
