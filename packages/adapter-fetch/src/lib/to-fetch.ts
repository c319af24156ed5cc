import type { ConnectionInfo, HttpContext, Middleware } from '@windhover/core';
import { anyFunction, checkOptions, type Rules } from '@windhover/options';
import { fetchError } from './errors.ts';
import { checkMiddleware, runMiddleware } from './run-middleware.ts';

export interface ToFetchOptions {
  /**
   * Returns the facts of the connection, which `context.client` shows. Default: for a light request those of our server, otherwise unknown
   * (`''`).
   */
  readonly connection?: (request: Request) => Partial<ConnectionInfo>;
}

/**
 * Middleware of a fetch-style host. `next` gets the request for the app: the same one, or a new one if the middleware has changed the
 * headers, the path or the body. An app that goes on with the old one does not see what was changed, such as a removed field.
 */
export type FetchMiddleware = (
  request: Request,
  next: (request: Request) => Response | Promise<Response>,
) => Promise<Response>;

const optionRules: Rules<ToFetchOptions> = { connection: anyFunction };

/**
 * Runs any Windhover middleware around a fetch-style app. An `HttpError` becomes a Response; any other error rejects. Throws
 * `FETCH_OPTION_INVALID`.
 */
export function toFetch(middleware: Middleware<HttpContext>, options: ToFetchOptions = {}): FetchMiddleware {
  checkMiddleware(middleware);
  checkOptions(options, optionRules, (fault) => fetchError('FETCH_OPTION_INVALID', `toFetch(): ${fault}`));
  const { connection } = options;
  return function fromWindhover(request, next) {
    return runMiddleware(middleware, request, next, connection?.(request));
  };
}
