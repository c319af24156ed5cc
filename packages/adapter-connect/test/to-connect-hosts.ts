import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Body, BodySink, HttpContext, Middleware, PushBody } from '@windhover/core';
import { toPushBody } from '@windhover/core';
import express from 'express';
import { onTestFinished } from 'vitest';
import type { ToConnectOptions } from '../src/index.ts';
import { toConnect } from '../src/index.ts';

export const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Starts a `node:http` server; it ends with the test. */
export async function listen(listener: Listener): Promise<number> {
  const server = createServer(listener as never);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** An Express application with these middlewares in front; its errors are answered with their message. */
export function expressWith(middlewares: readonly Middleware<HttpContext>[], options: ToConnectOptions = {}) {
  const app = express();
  app.set('env', 'test');
  for (const middleware of middlewares) app.use(toConnect(middleware, { log: quiet, ...options }));
  return app;
}

/** Adds a header when the answer of whoever is behind is known. */
export const tag: Middleware<HttpContext> = async (context, next) => {
  await next(context);
  context.response.headers.set('X-Tag', `${context.response.status}`);
};

/** A body transform as an encoder is one: every byte of the body in upper case. */
export const upperCase: Middleware<HttpContext> = async (context, next) => {
  await next(context);
  const { response } = context;
  if (response.body === null || context.request.method === 'HEAD') return;
  response.body = new UpperCase(response.takeBody());
};

class UpperCase implements PushBody {
  readonly length = null;
  private readonly inner: PushBody;

  constructor(body: Body) {
    this.inner = toPushBody(body);
  }

  start(sink: BodySink): void {
    this.inner.start({
      write: (chunk) => sink.write(Buffer.from(Buffer.from(chunk).toString('latin1').toUpperCase(), 'latin1'), true),
      end: (trailers) => sink.end(trailers),
      fail: (error) => sink.fail(error),
    });
  }

  pause(): void {
    this.inner.pause();
  }

  resume(): void {
    this.inner.resume();
  }

  cancel(reason: Error): void {
    this.inner.cancel(reason);
  }
}
