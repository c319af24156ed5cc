import { type Handler, type HeaderInit, type HttpContext, HttpHeaders } from '@windhover/core';
import { checkOptions, type Rules, rule } from '@windhover/options';
import { optionError, respondError } from './errors.ts';
import { checkStatus, isWithoutContent } from './set-content.ts';

/** Options of `respond`: one fixed answer. */
export interface RespondOptions {
  /** 200 to 599. Default: 200. */
  readonly status?: number;
  /**
   * Default: a Content-Type if there is a body: `text/plain; charset=utf-8` for a string, `application/octet-stream`
   * for bytes.
   */
  readonly headers?: HeaderInit;
  /**
   * Not allowed with 204, 205 and 304. Default: none; an error status then gets a page if `errorPages` is in the
   * pipeline.
   */
  readonly body?: string | Uint8Array;
}

const optionRules: Rules<RespondOptions> = {
  status: rule('a status from 200 to 599', () => true), // `checkStatus` checks it
  headers: rule('headers', (value) => typeof value === 'object'),
  body: rule('a text or bytes', (value) => typeof value === 'string' || value instanceof Uint8Array),
};

/**
 * Creates a handler that always gives the same answer. Throws `RESPOND_OPTION_INVALID` and `RESPOND_STATUS_INVALID`
 * when it is created.
 */
export function respond(options: RespondOptions = {}): Handler<HttpContext> {
  checkOptions(options, optionRules, optionError);
  const { status = 200 } = options;
  checkStatus(status);
  const body = typeof options.body === 'string' ? options.body : copy(options.body);
  if (body !== null && isWithoutContent(status)) {
    throw respondError('RESPOND_STATUS_INVALID', `${status} has no content`);
  }
  const headers = readHeaders(options.headers);
  if (body !== null && !headers.has('content-type')) {
    headers.set('Content-Type', typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/octet-stream');
  }
  return function respond({ response }) {
    response.status = status;
    if (headers.size > 0) response.headers.assign(headers);
    response.declaredLength = null;
    response.body = body;
  };
}

function copy(body: Uint8Array | undefined): Uint8Array | null {
  return body === undefined ? null : new Uint8Array(body);
}

function readHeaders(init: HeaderInit | undefined): HttpHeaders {
  try {
    return new HttpHeaders(init ?? null, true);
  } catch (cause) {
    throw optionError(`headers: ${(cause as Error).message}`, cause);
  }
}
