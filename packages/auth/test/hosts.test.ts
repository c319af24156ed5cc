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
import { auth } from '../src/lib/auth.ts';
import { basicField } from '../src/lib/auth-fixtures.ts';
import { authorize } from '../src/lib/authorize/authorize.ts';
import { basic } from '../src/lib/basic/basic.ts';
import { listUsers } from '../src/lib/users/list-users.ts';

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Ask = (path: string, headers?: Record<string, string>) => Promise<Response>;
const asking =
  (url: string): Ask =>
  (path, headers = {}) =>
    fetch(`${url}${path}`, { headers });

/** Each application answers with the field that `auth` tells the user in. */
const hosts: Record<string, (middleware: Middleware<HttpContext>) => Promise<Ask>> = {
  async Express(middleware) {
    const app = express();
    app.use(toConnect(middleware));
    app.use((request, response) => void response.send(String(request.headers['x-user'])));
    return asking(await listen(app));
  },
  async Fastify(middleware) {
    const app = fastify();
    await app.register(toFastify(middleware));
    app.get('/*', (request) => String(request.headers['x-user']));
    onTestFinished(() => app.close());
    return asking(await app.listen({ host: '127.0.0.1', port: 0 }));
  },
  async Hono(middleware) {
    const app = new Hono();
    app.use(toHono(middleware));
    app.get('*', (context) => context.text(String(context.req.header('x-user'))));
    return async (path, headers = {}) => app.request(path, { headers });
  },
  async 'node:http'(middleware) {
    const guard = toConnect(middleware);
    return asking(
      await listen((request, response) =>
        guard(request, response, () => response.end(String(request.headers['x-user']))),
      ),
    );
  },
};

const hash = '$apr1$abc$PZF73YJz5hJ9yyI.7OP.R.'; // of `secret`

describe.each(Object.entries(hosts))('auth() and authorize() in %s', (_name, start) => {
  it('guard an application, and tell it who it is', async () => {
    const users = listUsers({ ada: hash, bob: hash }, { roles: { admin: ['ada'] } });
    const guard = auth({ any: [basic(users)], tell: { user: 'X-User' } });
    const rules = authorize([{ allow: { role: 'admin' } }, { allow: { path: '/public' } }]);
    const both: Middleware<HttpContext> = (context, next) => compose([guard, rules], next)(context);
    const ask = await start(both);
    const refused = await ask('/');
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="Login", charset="UTF-8"',
    ]);
    const welcome = await ask('/', { ...basicField('ada', 'secret'), 'X-User': 'root' });
    expect([welcome.status, await welcome.text()]).toEqual([200, 'ada']);
    expect((await ask('/', basicField('bob', 'secret'))).status).toBe(403);
    expect(await (await ask('/public/x', basicField('bob', 'secret'))).text()).toBe('bob');
  });

  it('let no forged identity through where nobody has logged in', async () => {
    const ask = await start(auth({ any: [basic(listUsers({ ada: hash }))], optional: true, tell: { user: 'X-User' } }));
    const answer = await ask('/', { 'X-User': 'root', 'X-user': 'root' });
    expect([answer.status, await answer.text()]).toEqual([200, 'undefined']);
  });
});

describe('authorize() under a mount path of Express', () => {
  it('sees the rest of the path', async () => {
    const app = express();
    app.use('/x', toConnect(authorize([{ deny: { path: ['/admin'] } }, { allow: 'everyone' }])));
    app.use('/y', toConnect(authorize([{ deny: { path: ['/y/admin'] } }, { allow: 'everyone' }])));
    app.use((_request, response) => void response.send('passed'));
    const ask = asking(await listen(app));
    expect([(await ask('/x/admin')).status, (await ask('/y/admin')).status]).toEqual([403, 200]);
  });
});
