import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toConnect } from '@windhover/adapter-connect';
import { toFastify } from '@windhover/adapter-fastify';
import { toHono } from '@windhover/adapter-fetch';
import { createRouter, route } from '@windhover/router';
import { checkedCompose, runHandler } from '@windhover/testing';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { cors } from '../src/index.ts';

type Ask = (method: string, path: string, headers: Record<string, string>) => Promise<Response>;

const Origin = 'https://a.example';
const middleware = cors({ origins: [Origin], methods: ['PUT'] });

async function overHttp(listener: RequestListener, run: (ask: Ask) => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    await run((method, path, headers) => fetch(`http://127.0.0.1:${port}${path}`, { method, headers }));
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const hosts: Record<string, (run: (ask: Ask) => Promise<void>) => Promise<void>> = {
  'a router of ours': (run) => {
    const router = createRouter([
      route('PUT', '/', ({ response }) => void (response.body = 'put')),
      route('GET', '/fails', () => {
        throw new Error('a bug');
      }),
    ]);
    return run(async (method, url, headers) => {
      const result = await runHandler(checkedCompose([middleware], router), { method, url, headers });
      return new Response(result.status === 204 ? null : result.text(), {
        status: result.status,
        headers: [...result.headers] as [string, string][],
      });
    });
  },
  Express: (run) => {
    const app = express();
    app.use(toConnect(middleware));
    app.put('/', (_request, response) => void response.send('put'));
    app.get('/fails', () => {
      throw new Error('a bug');
    });
    const answerError: express.ErrorRequestHandler = (error, _request, response, _next) => {
      response.status(error.status ?? 500).send('failed');
    };
    app.use(answerError);
    return overHttp(app, run);
  },
  'node:http': (run) => {
    const listener: RequestListener = ({ method, url }, response) => {
      response.statusCode = url === '/' && method === 'PUT' ? 200 : url === '/fails' ? 500 : 404;
      response.end('put');
    };
    return overHttp(toConnect(middleware, { listener }), run);
  },
  Fastify: (run) => {
    const app = fastify();
    app.register(toFastify(middleware));
    app.put('/', async () => 'put');
    app.get('/fails', async () => {
      throw new Error('a bug');
    });
    return run(async (method, url, headers) => {
      const answer = await app.inject({ method: method as 'GET', url, headers });
      const fields = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
      return new Response(answer.statusCode === 204 ? null : answer.body, {
        status: answer.statusCode,
        headers: fields,
      });
    });
  },
  Hono: (run) => {
    const app = new Hono();
    app.use(toHono(middleware));
    app.put('/', (context) => context.text('put'));
    app.get('/fails', () => {
      throw new Error('a bug');
    });
    app.onError((_error, context) => context.text('failed', 500));
    return run(async (method, path, headers) => app.request(path, { method, headers }));
  },
};

describe.each(Object.entries(hosts))('cors() around %s', (_name, start) => {
  it('answers preflights, also of paths and methods that have no route', () =>
    start(async (ask) => {
      for (const path of ['/', '/nowhere']) {
        const answer = await ask('OPTIONS', path, { Origin, 'Access-Control-Request-Method': 'PUT' });
        expect([answer.status, answer.headers.get('access-control-allow-methods')]).toEqual([204, 'PUT']);
        expect(answer.headers.get('vary')).toContain('Access-Control-Request-Headers');
      }
    }));

  it('refuses those of strangers', () =>
    start(async (ask) => {
      const asks = { Origin: 'https://b.example', 'Access-Control-Request-Method': 'PUT' };
      const answer = await ask('OPTIONS', '/', asks);
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([403, null]);
      expect(answer.headers.get('vary')).toMatch(/^Origin\b/);
    }));

  it.each([
    ['PUT', '/', 200],
    ['GET', '/nowhere', 404],
    ['GET', '/fails', 500],
  ])('lets the page read the answer to %s %s, %i', (method, path, status) =>
    start(async (ask) => {
      const answer = await ask(method, path, { Origin });
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([status, Origin]);
      expect(answer.headers.get('vary')).toBe('Origin');
    }),
  );
});
