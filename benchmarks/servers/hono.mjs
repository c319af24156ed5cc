import http from 'node:http';
import https from 'node:https';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import { keepAliveTimeoutMs, pieces, summary, text, textType } from './lib/answers.mjs';
import { certificate, port, work } from './lib/parameters.mjs';

const routes = {
  hello: (app) => app.get('/', (context) => context.text(text)),
  async: (app) =>
    app.get('/', async (context) => {
      await null;
      return context.text(text);
    }),
  order: (app) => app.post('/', async (context) => context.json(summary(await context.req.json()))),
  stream: (app) =>
    app.get('/', (context) => {
      context.header('Content-Type', textType);
      return stream(context, async (body) => {
        for (const piece of pieces) await body.write(piece);
      });
    }),
};

const app = new Hono();
routes[work](app);
serve({
  fetch: app.fetch,
  hostname: '127.0.0.1',
  port,
  createServer: certificate === null ? http.createServer : https.createServer,
  serverOptions: { keepAliveTimeout: keepAliveTimeoutMs, ...certificate },
});
