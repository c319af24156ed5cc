import type { HttpContext, Middleware } from '@windhover/core';
import { anyFunction } from '@windhover/options';
import { fetchError } from './errors.ts';
import { FetchExchange } from './fetch-exchange.ts';
import type { ConnectionFacts } from './web-request.ts';

/** The context of each request of a host, which all middlewares of that request continue. */
const contexts = new WeakMap<object, HttpContext>();

/**
 * Runs one middleware around `next`. Errors with a status are answered; all others go to the host.
 *
 * @param hostContext what the host has one of for each request: middlewares with the same one see each other's values and client
 */
export async function runMiddleware(
  middleware: Middleware<HttpContext>,
  request: Request,
  next: (request: Request) => unknown,
  connection: ConnectionFacts,
  hostContext?: object,
): Promise<Response> {
  const exchange = new FetchExchange(request, connection);
  if (hostContext !== undefined) {
    const before = contexts.get(hostContext);
    if (before !== undefined) exchange.context.follow(before);
    contexts.set(hostContext, exchange.context);
  }
  return exchange.start(middleware, next);
}

/** Throws `FETCH_OPTION_INVALID` if the value is not a middleware. */
export function checkMiddleware(middleware: unknown): void {
  const fault = anyFunction.fault(middleware, 'the middleware');
  if (fault !== null) throw fetchError('FETCH_OPTION_INVALID', fault);
}
