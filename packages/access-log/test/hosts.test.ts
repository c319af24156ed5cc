import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { toConnect } from '@windhover/adapter-connect';
import { toFastify } from '@windhover/adapter-fastify';
import { toHono } from '@windhover/adapter-fetch';
import { compose, type HttpContext, type Middleware } from '@windhover/core';
import { createServer as createWindhover } from '@windhover/server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import { accessLog } from '../src/index.ts';

type Fetch = (path: string, init?: RequestInit) => Promise<Response>;

/** Starts a server whose `/` answers `hi` and whose `/fails` throws, with the middleware around it. */
const hosts: Record<string, (middleware: Middleware<HttpContext>) => Promise<Fetch>> = {
  Windhover: async (middleware) => {
    const server = createWindhover(
      compose<HttpContext>([middleware], ({ request, response }) => {
        if (request.path === '/fails') throw new Error('a bug');
        response.body = 'hi';
      }),
      { log: { debug: ignore, info: ignore, warn: ignore, error: ignore } },
    );
    const { name } = await server.listen({ host: '127.0.0.1', port: 0 });
    onTestFinished(() => server.close({ timeoutMs: 1 }));
    return (path, init) => fetch(`http://${name}${path}`, init);
  },
  Express: (middleware) => {
    const app = express();
    app.use(toConnect(middleware));
    app.get('/', (_request, response) => void response.send('hi'));
    app.get('/fails', () => {
      throw new Error('a bug');
    });
    const answerError: express.ErrorRequestHandler = (_error, _request, response, _next) => {
      response.status(500).send('failed');
    };
    app.use(answerError);
    return overHttp(app);
  },
  'node:http': (middleware) => {
    const listener: RequestListener = ({ url }, response) => {
      response.statusCode = url === '/fails' ? 500 : 200;
      response.end('hi');
    };
    return overHttp(toConnect(middleware, { listener }));
  },
  Fastify: async (middleware) => {
    const app = fastify();
    app.register(toFastify(middleware));
    app.get('/', async () => 'hi');
    app.get('/fails', async () => {
      throw new Error('a bug');
    });
    const origin = await app.listen({ host: '127.0.0.1', port: 0 });
    onTestFinished(() => app.close());
    return (path, init) => fetch(origin + path, init);
  },
  Hono: async (middleware) => {
    const app = new Hono();
    app.onError((_error, context) => context.text('failed', 500));
    app.use(toHono(middleware));
    app.get('/', (context) => context.text('hi'));
    app.get('/fails', () => {
      throw new Error('a bug');
    });
    return async (path, init) => app.request(path, init);
  },
};

function ignore(): void {
  // what the server logs is not tested here
}

async function overHttp(listener: RequestListener): Promise<Fetch> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init);
}

/** A log that resolves `next()` with its next line. */
function openLog(format: string): { log: Middleware<HttpContext>; next(): Promise<string> } {
  const lines: string[] = [];
  let tell = ignore;
  const write = (line: string): void => {
    lines.push(line);
    tell();
  };
  const next = async (): Promise<string> => {
    while (lines.length === 0) await new Promise<void>((resolve) => (tell = resolve));
    return lines.shift()!;
  };
  return { log: accessLog({ to: { write }, format }), next };
}

describe.each(Object.entries(hosts))('accessLog() in %s', (_name, start) => {
  it('writes a line for each request, with the status that the client got', async () => {
    const { log, next } = openLog('{method} {path} {query} {status} {end} {request.header.x-a}');
    const ask = await start(log);
    expect(await (await ask('/?a=b&token=c', { headers: { 'X-A': 'd' } })).text()).toBe('hi');
    expect(await next()).toBe('GET / a=b&token=[redacted] 200 complete d\n');
    await (await ask('/fails')).text();
    expect(await next()).toMatch(/^GET \/fails - 500 /);
  });
});

it('the client that leaves before the answer is told from one that was answered, in Express', async () => {
  const { log, next } = openLog('{path} {status} {end}');
  let left = ignore;
  const app = express();
  app.use(toConnect(log));
  app.get('/waits', () => left());
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1', () => {
    client.write('GET /waits HTTP/1.1\r\nHost: a\r\n\r\n');
  });
  left = () => void client.destroy();
  expect(await next()).toBe('/waits 0 client-closed-waiting\n');
});
