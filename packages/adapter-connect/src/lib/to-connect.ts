import type { IncomingMessage, ServerResponse } from 'node:http';
import { type HttpContext, HttpError, type Logger, type Middleware } from '@windhover/core';
import { anyFunction, checkOptions, orNull, type Rules, wholeNumber, withFunctions } from '@windhover/options';
import { connectError } from './errors.ts';
import { GuestExchange } from './guest-exchange.ts';
import { requireInternals } from './node-internals.ts';

/** A middleware of Express and Connect, and a listener of `node:http`. */
export type ConnectMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

/** How a Windhover middleware runs in a Node server. Everything is optional. */
export interface ToConnectOptions {
  /** What stands behind the middleware where nobody gives a `next`, as on `node:http`. Default: nothing, which is a 404. */
  readonly listener?: (request: IncomingMessage, response: ServerResponse) => unknown;
  /** Request bytes the middleware may read. `null`: no limit. Default: 30,000,000. What the application reads is its own affair. */
  readonly maxRequestBodyBytes?: number | null;
  /** Where failures go that no client is told of. Default: the console. */
  readonly log?: Logger;
}

const optionRules: Rules<ToConnectOptions> = {
  listener: anyFunction,
  maxRequestBodyBytes: orNull(wholeNumber(0)),
  log: withFunctions(['debug', 'info', 'warn', 'error']),
};

/**
 * Runs a Windhover middleware in Express, Connect or a plain `node:http` server. What it throws goes to the application's error
 * handlers; its `next` settles when the application has decided its head. Throws `CONNECT_MIDDLEWARE_INVALID` and
 * `CONNECT_OPTION_INVALID` when it is made.
 */
export function toConnect(middleware: Middleware<HttpContext>, options: ToConnectOptions = {}): ConnectMiddleware {
  if (typeof middleware !== 'function') throw connectError('CONNECT_MIDDLEWARE_INVALID', `got ${typeof middleware}`);
  checkOptions(options, optionRules, (fault) => connectError('CONNECT_OPTION_INVALID', `toConnect(): ${fault}`));
  const { listener, maxRequestBodyBytes = 30_000_000, log = console } = options;
  requireInternals();
  const settings = { maxRequestBodyBytes, log };
  return function windhover(request, response, next) {
    if (response.headersSent) {
      next?.();
      return;
    }
    let exchange: GuestExchange;
    try {
      exchange = GuestExchange.of(request, response, settings);
    } catch (error) {
      if (next === undefined) refuse(response, error);
      else next(error);
      return;
    }
    if (listener === undefined) exchange.runMiddleware(middleware, next ?? null, true);
    else exchange.runMiddleware(middleware, () => listener(request, response), false);
  };
}

/** The target or host of the request is not valid: there is no exchange yet. */
function refuse(response: ServerResponse, error: unknown): void {
  if (!HttpError.is(error)) throw error;
  response.writeHead(error.status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${error.message}\n`);
}
