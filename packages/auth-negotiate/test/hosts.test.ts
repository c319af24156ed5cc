import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toConnect } from '@windhover/adapter-connect';
import { toFastify } from '@windhover/adapter-fastify';
import { auth } from '@windhover/auth';
import type { HttpContext, Middleware } from '@windhover/core';
import express from 'express';
import fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { negotiate } from '../src/index.ts';
import { encode, fakeKerberos } from '../src/lib/negotiate-fixtures.ts';
import { TestConnection } from './server-fixture.ts';

/** Each application answers with the field that `auth` tells the user in. */
const hosts: Record<string, (middleware: Middleware<HttpContext>) => Promise<number>> = {
  async Express(middleware) {
    const app = express();
    app.use(toConnect(middleware), (request, response) => void response.send(String(request.headers['x-user'])));
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  },
  async Fastify(middleware) {
    const app = fastify();
    await app.register(toFastify(middleware));
    app.get('/*', (request) => String(request.headers['x-user']));
    onTestFinished(() => app.close());
    await app.listen({ host: '127.0.0.1', port: 0 });
    return (app.server.address() as AddressInfo).port;
  },
};

it.each(Object.entries(hosts))('in %s, a login holds for its connection and for no other one', async (_name, start) => {
  let now = 0;
  const scheme = negotiate({ kerberos: fakeKerberos, clock: { now: () => now }, bindMs: 1000 });
  const port = await start(auth({ any: [scheme], tell: { user: 'X-User' } }));
  const connect = (): TestConnection => {
    const connection = new TestConnection(port);
    onTestFinished(() => connection.close());
    return connection;
  };
  const [first, second] = [connect(), connect()];
  expect(await first.ask()).toMatchObject({ status: 401, challenge: 'Negotiate' });
  expect(await first.login(encode('more'))).toMatchObject({
    status: 401,
    challenge: `Negotiate ${encode('after more')}`,
  });
  expect(await second.login(encode('@X'))).toMatchObject({ status: 403 }); // the second step of another connection
  expect(await first.login(encode('@X'), { 'x-user': 'root' })).toMatchObject({ status: 200, text: 'more@X' });
  expect(await second.login(encode('bob@X'))).toMatchObject({ status: 200, text: 'bob@X' });
  for (let round = 0; round < 5; round++) {
    const texts = (await Promise.all([first.ask(), second.ask()])).map(({ text }) => text);
    expect(texts).toEqual(['more@X', 'bob@X']);
  }
  expect(await connect().ask({ 'x-user': 'bob@X' })).toMatchObject({ status: 401 });
  expect(await first.ask({ via: '1.1 proxy' })).toMatchObject({ status: 401 });
  now = 1000;
  expect(await second.ask()).toMatchObject({ status: 401 });
});
