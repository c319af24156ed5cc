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
import { Registry } from 'prom-client';
import { expect, it, onTestFinished } from 'vitest';
import { fromPromClient } from '../src/lib/from-prom-client.ts';
import { metrics } from '../src/lib/metrics.ts';

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers `/users/:id` with `hello`, measured, and returns a function that asks for a path. */
type Start = (middleware: Middleware<HttpContext>) => Promise<(path: string) => Promise<unknown>>;

const asking = (origin: string) => async (path: string) => (await fetch(`${origin}${path}`)).text();

const hosts: Record<string, Start> = {
  async Express(middleware) {
    const app = express();
    app.use(toConnect(middleware));
    app.get('/users/:id', (request, response) => {
      contextOf(request)!.route = request.route.path as string;
      response.send('hello');
    });
    return asking(await listen(app));
  },
  async Fastify(middleware) {
    const app = fastify();
    await app.register(toFastify(middleware));
    app.get('/users/:id', (request, reply) => {
      contextOf(request.raw)!.route = request.routeOptions.url!;
      void reply.send('hello');
    });
    onTestFinished(() => app.close());
    return asking(await app.listen({ host: '127.0.0.1', port: 0 }));
  },
  async Hono(middleware) {
    const app = new Hono();
    const named: Middleware<HttpContext> = (context, next) => {
      if (/^\/users\/[0-9]+$/.test(context.request.path)) context.route = '/users/:id';
      return middleware(context, next);
    };
    app.use(toHono(named));
    app.get('/users/:id', (context) => context.text('hello'));
    return async (path) => (await app.request(path)).text();
  },
  'node:http'(middleware) {
    const measure = toConnect(middleware);
    return listen((request, response) => {
      measure(request, response, () => {
        if (request.url!.startsWith('/users/')) contextOf(request)!.route = '/users/:id';
        response.statusCode = request.url!.startsWith('/users/') ? 200 : 404;
        response.end('hello');
      });
    }).then(asking);
  },
};

it.each(Object.entries(hosts))('counts and times requests in %s', async (_name, start) => {
  const registry = new Registry();
  const ask = await start(metrics({ metrics: fromPromClient(registry) }));
  await ask('/users/1');
  await ask('/users/2');
  await ask('/other');
  const ended = (): Promise<string> => registry.metrics();
  await expect.poll(ended).toContain('windhover_http_requests_in_flight 0');
  const text = await ended();
  expect(text).toContain('windhover_http_requests_total{site="",route="/users/:id",method="GET",status="200"} 2\n');
  expect(text).toContain('windhover_http_requests_total{site="",route="",method="GET",status="404"} 1\n');
  expect(text).toContain('windhover_http_response_body_bytes_total{site="",route="/users/:id"} 10\n');
  expect(text).toContain('windhover_http_request_duration_seconds_count{site="",route="/users/:id"');
});
