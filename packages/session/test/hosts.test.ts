import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { contextOf, toConnect } from '@windhover/adapter-connect';
import { toFastify } from '@windhover/adapter-fastify';
import express from 'express';
import fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { createMemorySessionStore, session, sessionKey } from '../src/index.ts';

const keys = 'a secret of more than thirty-two characters';

/** Counts the visits of a browser, as an application does. */
function visit(message: IncomingMessage): string {
  const own = contextOf(message)!.get(sessionKey)!;
  own.set('visits', (own.get<number>('visits') ?? 0) + 1);
  return `visit ${own.get('visits')}`;
}

type Layer = ReturnType<typeof session>;
const hosts: Record<string, (layer: Layer) => Promise<string>> = {
  async Express(layer) {
    const app = express();
    app.use(toConnect(layer));
    app.get('/', (request, response) => void response.send(visit(request)));
    const server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  },
  async Fastify(layer) {
    const app = fastify();
    await app.register(toFastify(layer));
    app.get('/', async (request) => visit(request.raw));
    onTestFinished(() => app.close());
    return app.listen({ host: '127.0.0.1', port: 0 });
  },
};

it.each(Object.entries(hosts))('an application in %s sees the session of its browser', async (_name, start) => {
  for (const store of [undefined, createMemorySessionStore()]) {
    const url = await start(session({ keys, ...(store === undefined ? {} : { store }) }));
    const first = await fetch(url);
    const cookie = first.headers.get('set-cookie')!.split(';')[0]!;
    const next = first.headers.get('set-cookie');
    expect([await first.text(), next]).toEqual(['visit 1', expect.stringContaining('HttpOnly')]);
    const second = await fetch(url, { headers: { cookie } });
    expect(await second.text()).toBe('visit 2');
    expect(await (await fetch(url)).text()).toBe('visit 1');
  }
});
