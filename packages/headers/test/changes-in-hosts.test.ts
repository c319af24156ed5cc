import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toConnect } from '@windhover/adapter-connect';
import { toFastify } from '@windhover/adapter-fastify';
import { toHono } from '@windhover/adapter-fetch';
import { compose, type HttpContext, type Middleware } from '@windhover/core';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import { changeHeaders, hostFilter, insertNonce, securityHeaders, serverTiming } from '../src/index.ts';

type Ask = (path: string) => Promise<Response>;

async function listen(listener: RequestListener): Promise<Ask> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return (path) => fetch(`http://127.0.0.1:${port}${path}`);
}

const page = '<script nonce="__nonce__">1</script>';

/** Each host sends a page, with the nonce that it was told in a header. */
const hosts: Record<string, (middleware: Middleware<HttpContext>) => Promise<Ask>> = {
  async Express(middleware) {
    const app = express();
    app.use(toConnect(middleware));
    app.get(
      '/',
      (request, response) => void response.set('X-Told', request.get('x-csp-nonce')).type('html').send(page),
    );
    return listen(app);
  },
  async 'node:http'(middleware) {
    const layer = toConnect(middleware);
    return listen((request, response) =>
      layer(request, response, (error) => {
        const { status = 500 } = (error ?? {}) as { status?: number };
        response.statusCode = error === undefined ? (request.url === '/' ? 200 : 404) : status;
        response.setHeader('X-Powered-By', 'us');
        response.setHeader('X-Told', String(request.headers['x-csp-nonce']));
        response.setHeader('Content-Type', 'text/html');
        response.end(page);
      }),
    );
  },
  async Fastify(middleware) {
    const app = fastify();
    await app.register(toFastify(middleware));
    app.get('/', async (request, reply) =>
      reply.header('X-Told', request.headers['x-csp-nonce']).header('X-Powered-By', 'us').type('text/html').send(page),
    );
    onTestFinished(() => app.close());
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    return (path) => fetch(`${url}${path}`);
  },
  async Hono(middleware) {
    const app = new Hono();
    app.use(toHono(middleware));
    app.get('/', (context) => {
      context.header('X-Told', context.req.header('x-csp-nonce'));
      context.header('X-Powered-By', 'us');
      return context.html(page);
    });
    return async (path) => app.request(`http://127.0.0.1${path}`);
  },
};

const directives = { 'script-src': ["'self'", 'nonce'] };

describe.each(Object.entries(hosts))('in %s', (_name, start) => {
  it('securityHeaders() and insertNonce() guard a page, and errors', async () => {
    const layers = [
      securityHeaders({ contentSecurityPolicy: { withoutDefaults: true, directives } }),
      insertNonce('__nonce__'),
    ];
    const ask = await start((context, next) => compose(layers, next)(context));
    const answer = await ask('/');
    const [, nonce] = /'nonce-(.*)'/.exec(answer.headers.get('content-security-policy')!)!;
    expect(await answer.text()).toBe(`<script nonce="${nonce}">1</script>`);
    expect([answer.headers.get('x-frame-options'), answer.headers.has('x-powered-by')]).toEqual(['SAMEORIGIN', false]);
    expect(answer.headers.get('x-told')).toBe(nonce);
    const missing = await ask('/missing');
    expect([missing.status, missing.headers.get('x-content-type-options')]).toEqual([404, 'nosniff']);
  });

  it('changeHeaders(), serverTiming() and hostFilter() do what they say', async () => {
    const set = { 'X-Path': '{method} {path}' };
    const layers = [changeHeaders({ set, remove: ['X-Powered-By'] }), serverTiming(), hostFilter(['127.0.0.1'])];
    const { status, headers } = await (await start((context, next) => compose(layers, next)(context)))('/');
    expect([status, headers.get('x-path'), headers.has('x-powered-by')]).toEqual([200, 'GET /', false]);
    expect(headers.get('server-timing')).toMatch(/^total;dur=[\d.]+$/);
    const refused = await (await start(hostFilter(['shop.example'])))('/');
    expect(refused.status).toBe(400);
  });
});

it('in Fastify, inject() sees changed requests as a connection does', async () => {
  const app = fastify();
  await app.register(toFastify(changeHeaders({ request: { set: { 'X-Set': 'a' }, remove: ['X-Gone'] } })));
  app.get('/', async ({ headers }) => headers);
  const seen = (await app.inject({ url: '/', headers: { 'x-gone': '1', 'x-kept': '2' } })).json();
  expect(seen).toMatchObject({ 'x-set': 'a', 'x-kept': '2' });
  expect(seen).not.toHaveProperty('x-gone');
});

it('in Hono, several middlewares of one request share what they know', async () => {
  const app = new Hono();
  app.use(toHono(securityHeaders({ contentSecurityPolicy: { withoutDefaults: true, directives } })));
  app.use(toHono(insertNonce('__nonce__')));
  app.get('/', (context) => context.html(page));
  const answers = await Promise.all([app.request('/'), app.request('/')]);
  for (const answer of answers) {
    const [, nonce] = /'nonce-(.*)'/.exec(answer.headers.get('content-security-policy')!)!;
    expect(await answer.text()).toBe(`<script nonce="${nonce}">1</script>`);
  }
});
