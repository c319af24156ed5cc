// `node hosted.mjs PORT WORK HOST`: an application of a framework on Windhover (`windhover`) or on its own server (`node`).
import http from 'node:http';
import { keepAliveTimeoutMs, text, textType } from './lib/answers.mjs';

const [port, work, host] = [Number(process.argv[2]), process.argv[3], process.argv[4]];
const place = { host: '127.0.0.1', port };

const hosts = {
  'hosted-express': async () => {
    const app = await expressApp();
    if (host === 'node') return onNode(app);
    const { fromConnect } = await import('@windhover/adapter-connect');
    return onWindhover(fromConnect(app));
  },
  'hosted-fastify': async () => {
    const { default: Fastify } = await import('fastify');
    const app = Fastify({ keepAliveTimeout: keepAliveTimeoutMs });
    app.get('/', (_request, reply) => reply.type(textType).send(text));
    if (host === 'node') return app.listen(place);
    const { fromFastify } = await import('@windhover/adapter-fastify');
    return onWindhover(await fromFastify(app));
  },
  'hosted-hono': async () => {
    const { Hono } = await import('hono');
    const app = new Hono();
    app.get('/', (context) => context.text(text));
    if (host === 'node') {
      const { serve } = await import('@hono/node-server');
      const serverOptions = { keepAliveTimeout: keepAliveTimeoutMs };
      return serve({ fetch: app.fetch, hostname: place.host, port, serverOptions });
    }
    const { fromFetch, useFastResponse } = await import('@windhover/adapter-fetch');
    useFastResponse(); // as @hono/node-server does
    return onWindhover(fromFetch(app));
  },
  // Express on its own server both times: with one of our middlewares, and without.
  'middleware-in-express': async () => {
    if (host === 'node') return onNode(await expressApp());
    const { toConnect } = await import('@windhover/adapter-connect');
    const tag = async (context, next) => {
      await next(context);
      context.response.headers.set('X-Tag', '1');
    };
    return onNode(await expressApp(toConnect(tag)));
  },
};

await hosts[work]();

async function expressApp(...middlewares) {
  const { default: express } = await import('express');
  const app = express();
  for (const middleware of middlewares) app.use(middleware);
  app.get('/', (_request, response) => response.type(textType).send(text));
  return app;
}

function onNode(app) {
  http.createServer({ keepAliveTimeout: keepAliveTimeoutMs }, app).listen(place);
}

async function onWindhover(handler) {
  const { createServer } = await import('@windhover/server');
  await createServer(handler).listen(place);
}
