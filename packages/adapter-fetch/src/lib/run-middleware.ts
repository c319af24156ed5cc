import type { HttpContext, Middleware } from '@windhover/core';
import { anyFunction } from '@windhover/options';
import { fetchError } from './errors.ts';
import { FetchExchange } from './fetch-exchange.ts';
import type { ConnectionFacts } from './web-request.ts';

/** Runs one middleware around `next`. Errors with a status are answered; all others go to the host. */
export async function runMiddleware(
  middleware: Middleware<HttpContext>,
  request: Request,
  next: (request: Request) => unknown,
  connection: ConnectionFacts,
): Promise<Response> {
  return new FetchExchange(request, connection).start(middleware, next);
}

/** Throws `FETCH_OPTION_INVALID` if the value is not a middleware. */
export function checkMiddleware(middleware: unknown): void {
  const fault = anyFunction.fault(middleware, 'the middleware');
  if (fault !== null) throw fetchError('FETCH_OPTION_INVALID', fault);
}
