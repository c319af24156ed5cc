import { type HttpContext, HttpError, type Logger } from '@windhover/core';
import { statusText } from '@windhover/http-semantics';
import { dropResponse } from './drop-response.ts';
import { serverErrors } from './errors.ts';
import { toError } from './to-error.ts';

/** Turns what a handler threw into its response: an `HttpError` as it says, anything else into a 500 that tells nothing. */
export function answerError(context: HttpContext, error: unknown, log: Logger): void {
  dropResponse(context, log);
  try {
    answerAs(context, error, log);
  } catch (failure) {
    dropResponse(context, log); // an error that throws when it is read
    answerAs(context, toError(failure), log);
  }
}

function answerAs(context: HttpContext, error: unknown, log: Logger): void {
  const { request, response } = context;
  if (!HttpError.is(error)) {
    log.error('A handler failed', { method: request.method, path: request.path, error });
    writeText(context, 500, 'Internal Server Error');
    return;
  }
  if (error.status >= 500) {
    log.error(error.message, { method: request.method, path: request.path, code: error.code, error });
  }
  try {
    if (error.headers !== null) response.headers.assign(error.headers);
  } catch (failure) {
    log.error('The headers of an error cannot be sent', { path: request.path, code: error.code, error: failure });
    response.headers.clear();
  }
  writeText(context, error.status, error.expose ? error.message : statusText(error.status) || `Error ${error.status}`);
}

/** Nobody has answered. */
export function answerNobody(context: HttpContext): void {
  writeText(context, 404, 'Not Found');
}

/**
 * Refuses a CONNECT that the handler answered like any other request: its client would take a 2xx for a tunnel (RFC 9110 §9.3.6). Returns whether it
 * did. To ask for a tunnel that is not there is the client's fault, not the handler's.
 */
export function refuseConnect(context: HttpContext): boolean {
  const { request, response } = context;
  if (request.method !== 'CONNECT' || response.status < 200 || response.status > 299) return false;
  response.reset();
  writeText(context, 501, serverErrors.SERVER_CONNECT_UNSUPPORTED);
  return true;
}

function writeText({ response }: HttpContext, status: number, text: string): void {
  response.status = status;
  response.headers.set('Content-Type', 'text/plain; charset=utf-8');
  response.body = `${text}\n`;
}
