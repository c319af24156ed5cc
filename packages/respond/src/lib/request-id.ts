import { randomUUID } from 'node:crypto';
import {
  type ContextKey,
  contextKey,
  type HttpContext,
  HttpHeaders,
  type Middleware,
  ownString,
} from '@windhover/core';
import { anyFunction, anyText, checkOptions, type Rules, rule } from '@windhover/options';
import { optionError } from './errors.ts';

/** The request's id, for logs and pages. Set by `requestId`. */
export const requestIdKey: ContextKey<string> = contextKey('request.id');

/** Where ids come from and go to. */
export interface RequestIdOptions {
  /**
   * Whether an id that comes with the request is taken, if it is valid; a function decides by the request. Default: `false`, because
   * anybody may send one, another request's for instance. Say `true` behind a proxy that sets it.
   */
  readonly acceptIncoming?: boolean | ((context: HttpContext) => boolean);
  /** The field it comes in and is sent in. Default: `X-Request-Id`. */
  readonly header?: string;
  /** Makes one. Default: a random UUID (RFC 9562 version 4). */
  readonly generate?: () => string;
}

const optionRules: Rules<RequestIdOptions> = {
  acceptIncoming: rule(
    'true, false or a function',
    (value) => typeof value === 'boolean' || typeof value === 'function',
  ),
  header: anyText,
  generate: anyFunction,
};
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._~+/=:-]{0,127}$/; // nothing that has a meaning in a log line, a URL or HTML

/**
 * Gives each request an id: under `requestIdKey`, in the answer, and in the request itself, so that an upstream sees the same. Throws
 * `RESPOND_OPTION_INVALID` when it is made.
 */
export function requestId(options: RequestIdOptions = {}): Middleware<HttpContext> {
  checkOptions(options, optionRules, optionError);
  const { acceptIncoming = false, header = 'X-Request-Id', generate = randomUUID } = options;
  checkHeader(header);
  const accepts = typeof acceptIncoming === 'function' ? acceptIncoming : () => acceptIncoming;
  return function requestId(context, next) {
    const { headers } = context.request;
    const id = (accepts(context) ? incomingId(headers.getAll(header)) : null) ?? generate();
    headers.set(header, id);
    context.set(requestIdKey, id);
    context.onHead((response) => void response.headers.set(header, id));
    return next(context);
  };
}

/** `null` unless there is exactly one and it is valid: 1 to 128 letters, digits and `._~+/=:-`. */
export function incomingId(values: readonly string[]): string | null {
  const [value] = values;
  return value !== undefined && values.length === 1 && idPattern.test(value) ? ownString(value) : null;
}

function checkHeader(header: string): void {
  try {
    new HttpHeaders(null, true).set(header, 'id');
  } catch (cause) {
    throw optionError(`header: ${(cause as Error).message}`, cause);
  }
}
