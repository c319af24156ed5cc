import { randomUUID } from 'node:crypto';
import { type ContextKey, contextKey, type HttpContext, HttpHeaders, type Middleware } from '@windhover/core';
import { anyFunction, anyText, checkOptions, type Rules, rule } from '@windhover/options';
import { optionError } from './errors.ts';
import { incomingId } from './incoming-id.ts';

/** The id of the request, for logs and pages. Set by `requestId`. */
export const requestIdKey: ContextKey<string> = contextKey('request.id');

/** Options of `requestId`. */
export interface RequestIdOptions {
  /**
   * Whether a valid id that came with the request is accepted; a function decides by the context and must return
   * `true`. Default: `false`, because anybody may send one, for example the id of another request. Use `true` behind a
   * proxy that sets it.
   */
  readonly trust?: boolean | ((context: HttpContext) => boolean);
  /** The header field of the id, in requests and answers. Default: `X-Request-Id`. */
  readonly header?: string;
  /** Creates an id. Default: a random UUID (RFC 9562 version 4), which does not reveal how many requests there were. */
  readonly generate?: () => string;
}

const optionRules: Rules<RequestIdOptions> = {
  trust: rule('true, false or a function', (value) => typeof value === 'boolean' || typeof value === 'function'),
  header: anyText,
  generate: anyFunction,
};

/**
 * Gives each request an id: under `requestIdKey`, in the answer, and in the request itself, so that an upstream or
 * application sees the same one. Place it outside of everything that logs. Throws `REQUEST_ID_OPTION_INVALID` when it
 * is created.
 */
export function requestId(options: RequestIdOptions = {}): Middleware<HttpContext> {
  checkOptions(options, optionRules, optionError);
  const { trust = false, header = 'X-Request-Id', generate = () => randomUUID() } = options;
  checkHeader(header);
  // Only `true` counts: an async function returns a promise, and would otherwise trust everybody.
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
