import type { IncomingMessage, ServerResponse } from 'node:http';
import { type HttpContext, HttpError, type Logger, type Middleware } from '@windhover/core';
import { anyFunction, checkOptions, orNull, type Rules, wholeNumber, withFunctions } from '@windhover/options';
import { connectError } from './errors.ts';
import { GuestExchange } from './guest-exchange.ts';
import { requireInternals } from './node-internals.ts';

/** A middleware for Express and Connect, and a listener for `node:http`. */
export type ConnectMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

/** Options for running a Windhover middleware in a Node server. Everything is optional. */
export interface ToConnectOptions {
  /** Handles the request behind the middleware when no `next` is given, as on `node:http`. Default: none, which answers 404. */
  readonly listener?: (request: IncomingMessage, response: ServerResponse) => unknown;
  /** Maximum number of request bytes that the middleware may read; it does not limit the application. `null`: no limit. Default: 30,000,000. */
  readonly maxRequestBodyBytes?: number | null;
  /** Receives errors that no client hears about. Default: the console. */
  readonly log?: Logger;
}

const optionRules: Rules<ToConnectOptions> = {
  listener: anyFunction,
  maxRequestBodyBytes: orNull(wholeNumber(0)),
  log: withFunctions(['debug', 'info', 'warn', 'error']),
};

/**
 * Runs a Windhover middleware in Express, Connect or a plain `node:http` server. Errors it throws go to the application's error handlers;
 * its `next` settles when the application has decided its head. Throws `CONNECT_MIDDLEWARE_INVALID` and `CONNECT_OPTION_INVALID` at
 * creation.
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

/** Answers a request whose target or host is invalid, for which no exchange exists yet. */
function refuse(response: ServerResponse, error: unknown): void {
  if (!HttpError.is(error)) throw error;
  response.writeHead(error.status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${error.message}\n`);
}
