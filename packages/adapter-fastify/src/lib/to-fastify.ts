import { type ToConnectOptions, toConnect } from '@windhover/adapter-connect';
import type { HttpContext, Middleware } from '@windhover/core';
import { checkOptions, orNull, type Rules, wholeNumber, withFunctions } from '@windhover/options';
import type { FastifyInstance } from 'fastify';
import { fastifyError } from './errors.ts';

/** How a Windhover middleware runs in Fastify. Everything is optional. */
export type ToFastifyOptions = Omit<ToConnectOptions, 'listener'>;

/** A plugin for `app.register()`. */
export type WindhoverPlugin = (app: FastifyInstance, options: unknown, done: (error?: Error) => void) => void;

const optionRules: Rules<ToFastifyOptions> = {
  maxRequestBodyBytes: orNull(wholeNumber(0)),
  log: withFunctions(['debug', 'info', 'warn', 'error']),
};

/**
 * Turns a Windhover middleware into a Fastify plugin. The middleware runs as an `onRequest` hook around every route of the instance that
 * registers it, around the routes of nested instances, and around its 404s. Its errors go to Fastify's error handler. Throws
 * `FASTIFY_OPTION_INVALID`, and the errors of `toConnect`, at creation; registering it throws `FASTIFY_HTTP2`.
 */
export function toFastify(middleware: Middleware<HttpContext>, options: ToFastifyOptions = {}): WindhoverPlugin {
  checkOptions(options, optionRules, (fault) => fastifyError('FASTIFY_OPTION_INVALID', `toFastify(): ${fault}`));
  const run = toConnect(middleware, options);
  const plugin: WindhoverPlugin = (app, _options, done) => {
    if (app.initialConfig.http2 === true) {
      done(fastifyError('FASTIFY_HTTP2'));
      return;
    }
    app.addHook('onRequest', (request, reply, next) => run(request.raw, reply.raw, next as (error?: unknown) => void));
    done();
  };
  // The marks that `fastify-plugin` sets: the hooks apply to the registering instance itself, and errors name the plugin.
  return Object.assign(plugin, {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: `windhover:${middleware.name || 'middleware'}`,
    [Symbol.for('plugin-meta')]: { fastify: '5.x' },
  });
}
