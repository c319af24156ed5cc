import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { toConnect } from '@windhover/adapter-connect';
import { toFastify } from '@windhover/adapter-fastify';
import { toHono } from '@windhover/adapter-fetch';
import type { HttpContext, Middleware } from '@windhover/core';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import { compression } from '../src/lib/compression.ts';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const rows = Array.from({ length: 500 }, (_, id) => ({ id, name: `user ${id}` }));
const json = JSON.stringify(rows);
const lines = Array.from({ length: 5000 }, (_, line) => `line ${line}\n`);

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}
type Ask = (path: string, method: string, headers: Record<string, string>) => Promise<Answer>;

/** Unlike `fetch`, it does not decompress. */
const asking = (url: string): Ask => {
  return async (path, method, headers) => {
    const request = httpRequest(`${url}${path}`, { method, headers }).end();
    const [response] = await once(request, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
  };
};

/** Each answers `/json` with `json` at once, and `/lines` with `lines` one after the other. */
const hosts: Record<string, (middleware: Middleware<HttpContext>) => Promise<Ask>> = {
  async Express(middleware) {
    const app = express();
    app.use(toConnect(middleware, { log }));
    app.get('/json', (_request, response) => void response.json(rows));
    app.get('/lines', (_request, response) => {
      response.type('text/plain');
      for (const line of lines) response.write(line);
      response.end();
    });
    return asking(await listen(app));
  },
  async Fastify(middleware) {
    const app = fastify();
    await app.register(toFastify(middleware, { log }));
    app.get('/json', () => Promise.resolve(rows));
    app.get('/lines', (_request, reply) => {
      reply.type('text/plain');
      return reply.send(lines.join(''));
    });
    onTestFinished(() => app.close());
    return asking(await app.listen({ host: '127.0.0.1', port: 0 }));
  },
  async Hono(middleware) {
    const app = new Hono();
    app.use(toHono(middleware));
    app.get('/json', (context) => context.json(rows));
    app.get('/lines', () => {
      const body = new ReadableStream({
        start(controller) {
          for (const line of lines) controller.enqueue(new TextEncoder().encode(line));
          controller.close();
        },
      });
      return new Response(body, { headers: { 'Content-Type': 'text/plain' } });
    });
    return async (path, method, headers) => {
      const response = await app.request(path, { method, headers });
      const body = Buffer.from(await response.arrayBuffer());
      return { status: response.status, headers: Object.fromEntries(response.headers), body };
    };
  },
  async 'node:http'(middleware) {
    const compress = toConnect(middleware, { log });
    return asking(
      await listen((request, response) =>
        compress(request, response, () => {
          if (request.url === '/json') response.setHeader('Content-Type', 'application/json').end(json);
          else {
            response.setHeader('Content-Type', 'text/plain');
            for (const line of lines) response.write(line);
            response.end();
          }
        }),
      ),
    );
  },
};

describe.each(Object.entries(hosts))('compression() in %s', (_name, start) => {
  it('compresses a complete body at once, with its length, and a body that is written bit by bit', async () => {
    const ask = await start(compression());
    const whole = await ask('/json', 'GET', { 'Accept-Encoding': 'gzip' });
    expect([whole.status, gunzipSync(whole.body).toString()]).toEqual([200, json]);
    expect(whole.headers).toMatchObject({
      'content-encoding': 'gzip',
      vary: expect.stringMatching(/accept-encoding/i),
    });
    expect(whole.headers['content-length'] ?? String(whole.body.byteLength)).toBe(String(whole.body.byteLength));
    const streamed = await ask('/lines', 'GET', { 'Accept-Encoding': 'br' });
    expect(brotliDecompressSync(streamed.body).toString()).toBe(lines.join(''));
    expect(streamed.headers['content-encoding']).toBe('br');
  });

  it('leaves answers to other clients as they are', async () => {
    const ask = await start(compression());
    const { headers, body } = await ask('/json', 'GET', {});
    expect([headers['content-encoding'], body.toString()]).toEqual([undefined, json]);
    expect(headers['vary']).toMatch(/accept-encoding/i);
  });

  it('answers HEAD without a wrong length', async () => {
    const ask = await start(compression());
    const head = await ask('/json', 'HEAD', { 'Accept-Encoding': 'gzip' });
    const get = await ask('/json', 'GET', { 'Accept-Encoding': 'gzip' });
    expect(head.status).toBe(200);
    expect([get.headers['content-length'], undefined]).toContain(head.headers['content-length']);
  });
});
