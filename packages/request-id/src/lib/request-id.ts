import { randomUUID } from 'node:crypto';
import { type ContextKey, contextKey, type HttpContext, HttpHeaders, type Middleware } from '@windhover/core';
import { anyFunction, anyText, checkOptions, type Rules, rule } from '@windhover/options';
import { optionError } from './errors.ts';
import { incomingId } from './incoming-id.ts';

/** The request's id, for logs and pages. Set by `requestId`. */
export const requestIdKey: ContextKey<string> = contextKey('request.id');

/** Where ids come from and go to. */
export interface RequestIdOptions {
  /**
   * Whether an id that comes with the request is taken, if it is valid; a function decides by the request, and must answer `true`. Default:
   * `false`, because anybody may send one, another request's for instance. Say `true` behind a proxy that sets it.
   */
  readonly trust?: boolean | ((context: HttpContext) => boolean);
  /** The field it comes in and is sent in. Default: `X-Request-Id`. */
  readonly header?: string;
  /** Makes one. Default: a random UUID (RFC 9562 version 4), which tells nobody how many requests there were. */
  readonly generate?: () => string;
}

const optionRules: Rules<RequestIdOptions> = {
  trust: rule('true, false or a function', (value) => typeof value === 'boolean' || typeof value === 'function'),
  header: anyText,
  generate: anyFunction,
};

/**
 * Gives each request an id: under `requestIdKey`, in the answer, and in the request itself, so that an upstream or application sees the same.
 * Stands outside of what logs. Throws `REQUEST_ID_OPTION_INVALID` when it is made.
 */
export function requestId(options: RequestIdOptions = {}): Middleware<HttpContext> {
  checkOptions(options, optionRules, optionError);
  const { trust = false, header = 'X-Request-Id', generate = () => randomUUID() } = options;
  checkHeader(header);
  // A promise is no `true`: an async function would trust everybody otherwise.
  const trusts = typeof trust === 'function' ? (context: HttpContext) => trust(context) === true : () => trust;
  return function requestId(context, next) {
    const { headers } = context.request;
    const id = (trusts(context) ? incomingId(headers.getAll(header)) : null) ?? generate();
    headers.set(header, id);
    context.set(requestIdKey, id);
    context.onHead((response) => void response.headers.set(header, id));
    return next(context);
  };
}

function checkHeader(header: string): void {
  try {
    new HttpHeaders(null, true).set(header, 'id');
  } catch (cause) {
    throw optionError(`header: ${(cause as Error).message}`, cause);
  }
}
