#!/usr/bin/env node
import { compose, type Handler, type HttpContext, HttpError, type Middleware } from '@windhover/core';
import { createServer } from '@windhover/server';
import { TransportError } from '@windhover/transport';

/** A middleware wraps everything behind it; `onHead` has the last word on the headers. */
const poweredBy: Middleware<HttpContext> = function poweredBy(context, next) {
  context.onHead((response) => response.headers.set('x-powered-by', 'windhover'));
  return next(context);
};

/** A handler answers by setting values; what is thrown becomes a response too. */
const hello: Handler<HttpContext> = async function hello({ request, response }) {
  if (request.path === '/echo') {
    response.status = 200;
    response.body = request.body; // streams back as it arrives
    return;
  }
  if (request.path !== '/') throw new HttpError(404, 'HELLO_NOT_FOUND', `There is nothing at ${request.path}`);
  response.status = 200;
  response.headers.set('content-type', 'text/plain; charset=utf-8');
  response.body = 'Hello, world\n';
};

const server = createServer(compose([poweredBy], hello));
const port = Number(process.env['PORT'] ?? 8080);

try {
  const listener = await server.listen({ host: '127.0.0.1', port });
  console.log(`Listening on http://${listener.name}/ (Ctrl-C stops)`);
} catch (error) {
  if (!TransportError.is(error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
