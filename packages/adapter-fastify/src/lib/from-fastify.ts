import { type ConnectListener, type FromConnectOptions, fromConnect } from '@windhover/adapter-connect';
import type { Handler, HttpContext } from '@windhover/core';
import type { FastifyInstance } from 'fastify';
import { fastifyError } from './errors.ts';

/** How a hosted Fastify instance is run. Everything is optional. */
export type FromFastifyOptions = FromConnectOptions;

/** Of any server type, type provider and logger. */
type AnyFastify = Pick<FastifyInstance, 'routing' | 'server'> & { ready(): unknown; listen: unknown };

/**
 * Runs a Fastify instance as a Windhover handler. Resolves when its plugins are ready, rejects with what they fail with, and with
 * `FASTIFY_APP_INVALID`. `app.listen()` rejects from then on; `app.close()` is still yours to call when the server has stopped.
 */
export async function fromFastify(app: AnyFastify, options: FromFastifyOptions = {}): Promise<Handler<HttpContext>> {
  if (typeof app?.routing !== 'function' || typeof app.ready !== 'function') {
    throw fastifyError(
      'FASTIFY_APP_INVALID',
      `got ${app === null ? 'null' : typeof app} without routing() and ready()`,
    );
  }
  if (app.server.listening) throw fastifyError('FASTIFY_APP_INVALID', 'it listens already');
  await app.ready();
  app.listen = () => Promise.reject(fastifyError('FASTIFY_LISTEN'));
  const handler = fromConnect(app.routing as ConnectListener, options);
  return function fastify(context) {
    return handler(context);
  };
}
