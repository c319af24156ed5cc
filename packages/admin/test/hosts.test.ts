import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toConnect } from '@windhover/adapter-connect';
import { toFastify } from '@windhover/adapter-fastify';
import { toHono } from '@windhover/adapter-fetch';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type AdminHandler, type AdminTarget, createAdminHandler } from '../src/index.ts';
import { tokens } from './fixtures.ts';

type Ask = (path: string, init?: RequestInit) => Promise<Response>;

async function listen(listener: RequestListener): Promise<Ask> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init);
}

const hosts: Record<string, (admin: AdminHandler) => Promise<Ask>> = {
  async Express(admin) {
    const app = express();
    app.use(toConnect((context, next) => admin(context, next)));
    app.get('/own', (_request, response) => void response.send('own'));
    return listen(app);
  },
  async Fastify(admin) {
    const app = fastify();
    await app.register(toFastify((context, next) => admin(context, next)));
    app.get('/own', async () => 'own');
    onTestFinished(() => app.close());
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    return (path, init) => fetch(`${url}${path}`, init);
  },
  async Hono(admin) {
    const app = new Hono();
    app.use(toHono((context, next) => admin(context, next)));
    app.get('/own', (context) => context.text('own'));
    return async (path, init) => app.request(`http://localhost${path}`, init);
  },
  async 'node:http'(admin) {
    const layer = toConnect((context, next) => admin(context, next));
    return listen((request, response) => layer(request, response, () => response.end('own')));
  },
};

describe.each(Object.entries(hosts))('in %s', (_name, start) => {
  it('createAdminHandler() serves the parts that a program has, beside its own paths', async () => {
    const purged: unknown[] = [];
    const target: AdminTarget = {
      things: {
        list: () => [{ kind: 'cache', name: 'pages', place: '', state: { entries: 3 }, actions: ['purge'] }],
        act: (_kind, name, action, args) => void purged.push([name, action, args]),
      },
    };
    const ask = await start(
      createAdminHandler(target, { tokens: [{ name: 'ci', role: 'operate', token: tokens.operate }] }),
    );
    const headers = { authorization: `Bearer ${tokens.operate}`, 'content-type': 'application/json' };
    expect(await (await ask('/own')).text()).toBe('own');
    expect((await ask('/api/v1/things')).status).toBe(401);
    expect(await (await ask('/api/v1/things', { headers })).json()).toMatchObject([
      { name: 'pages', state: { entries: 3 } },
    ]);
    const purge = { method: 'POST', headers, body: JSON.stringify({ all: true }) };
    expect((await ask('/api/v1/things/cache/pages/purge', purge)).status).toBe(200);
    expect(purged).toEqual([['pages', 'purge', { all: true }]]);
    const absent = await ask('/api/v1/sites', { headers });
    expect([absent.status, ((await absent.json()) as { code: string }).code]).toEqual([404, 'ADMIN_NOT_OFFERED']);
  });
});
