import type { Handler, HttpContext } from '@windhover/core';
import { anyFunction, checkOptions, oneOf, type Rules } from '@windhover/options';
import { acceptLightRequests } from './accept-light-requests.ts';
import { fetchError } from './errors.ts';
import { LightRequest } from './light-request.ts';
import { sendResponse } from './send-response.ts';

/** The second argument of an app: `c.env` in Hono. */
export interface FetchEnv {
  /** The exchange: `context.client` describes the client, `context.get(key)` returns values that middleware has set. */
  readonly context: HttpContext;
}

type FetchFunction<Env> = (request: Request, env: Env) => unknown;

/** A function of the Fetch API, or an object with one: Hono, h3, itty-router. */
export type FetchApp<Env = FetchEnv> = FetchFunction<Env> | { readonly fetch: FetchFunction<Env> };

export interface FromFetchOptions<Env = FetchEnv> {
  /** Makes the app's second argument. Default: `{ context }`. */
  readonly env?: (context: HttpContext) => Env;
  /**
   * `'real'` creates a Request of the platform for each request, which takes several microseconds, and leaves the globals alone. Default:
   * `'light'`, an object that creates a real Request only when needed.
   */
  readonly request?: 'light' | 'real';
}

const optionRules: Rules<FromFetchOptions> = { env: anyFunction, request: oneOf('light', 'real') };

/**
 * A handler that runs a fetch-style app. The server answers errors of the app: an `HttpError` with its status, any other error with 500.
 * Throws `FETCH_APP_INVALID` and `FETCH_OPTION_INVALID`.
 */
export function fromFetch<Env = FetchEnv>(
  app: FetchApp<Env>,
  options: FromFetchOptions<Env> = {},
): Handler<HttpContext> {
  checkOptions(options as FromFetchOptions, optionRules, (fault) =>
    fetchError('FETCH_OPTION_INVALID', `fromFetch(): ${fault}`),
  );
  const { env: makeEnv, request: kind = 'light' } = options;
  const run = toFunction(app);
  if (kind === 'light') acceptLightRequests();
  return function fromFetch(context) {
    const { method } = context.request;
    if (method === 'CONNECT' || method === 'TRACE' || method === 'TRACK') {
      throw fetchError('FETCH_METHOD_UNSUPPORTED', method);
    }
    const light = new LightRequest(context);
    const request = kind === 'light' ? (light as unknown as Request) : light.toReal();
    const env = makeEnv === undefined ? ({ context } as Env) : makeEnv(context);
    const result = run(request, env);
    if (typeof (result as PromiseLike<unknown> | null)?.then !== 'function') return sendResponse(context, result);
    return (result as Promise<unknown>).then((response) => sendResponse(context, response));
  };
}

function toFunction<Env>(app: FetchApp<Env>): FetchFunction<Env> {
  if (typeof app === 'function') return app;
  if (typeof app?.fetch === 'function') return (request, env) => app.fetch(request, env);
  throw fetchError('FETCH_APP_INVALID', `it is ${app === null ? 'null' : typeof app}`);
}
