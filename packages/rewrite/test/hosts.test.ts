import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toConnect } from '@windhover/adapter-connect';
import { toFastify } from '@windhover/adapter-fastify';
import { toHono } from '@windhover/adapter-fetch';
import type { HttpContext, Middleware } from '@windhover/core';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import { outbound, RedirectMap, redirectByMap, redirectToCanonical, rewrite } from '../src/index.ts';

type Ask = (path: string) => Promise<Response>;

async function listen(listener: RequestListener): Promise<Ask> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return (path) => fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual' });
}

/** Each host shows the path and query that its application sees, in a page. */
const hosts: Record<string, (middleware: Middleware<HttpContext>) => Promise<Ask>> = {
  async Express(middleware) {
    const app = express();
    app.use(toConnect(middleware));
    app.get(
      '/product',
      (request, response) => void response.type('html').send(`<a href="http://inside/x">${request.url}</a>`),
    );
    return listen(app);
  },
  async 'node:http'(middleware) {
    const layer = toConnect(middleware);
    return listen((request, response) =>
      layer(request, response, (error) => {
        response.statusCode = error === undefined ? (request.url!.startsWith('/product') ? 200 : 404) : 400;
        response.setHeader('Content-Type', 'text/html');
        response.end(`<a href="http://inside/x">${error === undefined ? request.url : 'refused'}</a>`);
      }),
    );
  },
  async Fastify(middleware) {
    // Fastify chooses the route before its hooks run, so a rewrite stands in front of it.
    const app = fastify();
    app.get('/product', async (request, reply) =>
      reply.type('text/html').send(`<a href="http://inside/x">${request.url}</a>`),
    );
    await app.ready();
    return listen(toConnect(middleware, { listener: app.routing }));
  },
};

describe.each(Object.entries(hosts))('in %s', (_name, start) => {
  it('rewrite() changes the path that the application sees', async () => {
    const ask = await start(
      rewrite([
        { from: '/p/:id', to: '/product?id=:id' },
        { from: '/gone', respond: 410 },
      ]),
    );
    expect(await (await ask('/p/5?a=b')).text()).toContain('/product?id=5&a=b');
    expect((await ask('/gone')).status).toBe(410);
    expect((await ask('/other')).status).toBe(404);
  });

  it('redirects come before the application', async () => {
    const canonical = await (await start(redirectToCanonical({ lowerCase: true })))('/Product');
    expect([canonical.status, canonical.headers.get('location')]).toEqual([308, '/product']);
    const moved = await (await start(redirectByMap(new RedirectMap('/old,/product'))))('/old?a');
    expect([moved.status, moved.headers.get('location')]).toEqual([301, '/product?a']);
  });

  it('outbound() changes the answers of the application', async () => {
    const ask = await start(outbound([{ links: ['a'], pattern: '^http://inside/(.*)$', to: '/{1}' }]));
    expect(await (await ask('/product')).text()).toBe('<a href="/x">/product</a>');
  });
});

describe('in Fastify and Hono', () => {
  it('redirects are middleware like others', async () => {
    const middleware = rewrite([{ from: '/old/*', to: '/new/*', status: 301 }]);
    const app = fastify();
    await app.register(toFastify(middleware));
    app.get('/*', async () => 'page');
    onTestFinished(() => app.close());
    const answer = await app.inject('/old/x');
    expect([answer.statusCode, answer.headers['location']]).toEqual([301, '/new/x']);
    const hono = new Hono();
    hono.use(toHono(middleware));
    hono.get('/*', (context) => context.text('page'));
    const { status, headers } = await hono.request('/old/x');
    expect([status, headers.get('location')]).toEqual([301, '/new/x']);
    expect(await (await hono.request('/x')).text()).toBe('page');
  });
});

describe('conditions on files', () => {
  it('send what is no file to the application', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rewrite-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, 'images'));
    writeFileSync(join(folder, 'a b.txt'), 'a');
    const layer = rewrite([
      {
        to: '/product',
        when: [
          { file: folder, not: true },
          { folder, not: true },
        ],
      },
    ]);
    const ask = await hosts['node:http']!(layer);
    const seen = async (path: string): Promise<string | undefined> =>
      />(.*)</.exec(await (await ask(path)).text())?.[1];
    expect(await seen('/a%20b.txt')).toBe('/a%20b.txt');
    expect(await seen('/images')).toBe('/images');
    expect(await seen('/missing?a')).toBe('/product?a');
    expect(await seen('/images%2F..%2Fa%20b.txt')).toBe('refused');
  });
});
