import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FromConnectOptions, fromConnect, type NodeServer, withUpgrades } from '@windhover/adapter-connect';
import type { Handler, HttpContext } from '@windhover/core';
import { checkOptions, type Rules, withFunctions } from '@windhover/options';
import { fastifyError, fastifyErrors } from './errors.ts';

/** How a hosted Fastify instance is run. Everything is optional. */
export type FromFastifyOptions = FromConnectOptions;

/** The members used of a Fastify instance, with any server type, type provider and logger. */
export interface FastifyApp {
  ready(): PromiseLike<unknown>;
  routing(request: IncomingMessage, response: ServerResponse): void;
  readonly server: Pick<NodeServer, 'emit' | 'listenerCount'> & {
    readonly listening: boolean;
    on(event: 'listening', listener: () => void): unknown;
  };
}

const optionRules: Rules<FromFastifyOptions> = { log: withFunctions(['debug', 'info', 'warn', 'error']) };

/**
 * Runs a Fastify instance as a Windhover handler, with its `upgrade` listeners, as `@fastify/websocket` adds them. Resolves when its plugins are ready; rejects with their error if they fail, and with
 * `FASTIFY_APP_INVALID` or `FASTIFY_OPTION_INVALID`. Logs a warning if the instance starts to listen later. You still have to call
 * `app.close()` when the server has stopped.
 */
export async function fromFastify(app: FastifyApp, options: FromFastifyOptions = {}): Promise<Handler<HttpContext>> {
  checkOptions(options, optionRules, (fault) => fastifyError('FASTIFY_OPTION_INVALID', `fromFastify(): ${fault}`));
  if (typeof app?.routing !== 'function' || typeof app.ready !== 'function') {
    throw fastifyError(
      'FASTIFY_APP_INVALID',
      `got ${app === null ? 'null' : typeof app} without routing() and ready()`,
    );
  }
  if (app.server.listening) throw fastifyError('FASTIFY_APP_INVALID', 'it listens already, leave app.listen() out');
  const { log = console } = options;
  app.server.on('listening', () => log.warn(fastifyErrors.FASTIFY_LISTEN, { code: 'FASTIFY_LISTEN' }));
  await app.ready();
  const handler = fromConnect(app.routing, options);
  return withUpgrades(app.server, (context) => handler(context), options.log ?? console);
}
