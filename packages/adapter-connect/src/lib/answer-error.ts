import { STATUS_CODES } from 'node:http';
import { type HttpContext, HttpError, type Logger } from '@windhover/core';

/** Turns what a middleware threw into its response: an `HttpError` as it says, anything else into a 500 that tells nothing. */
export function answerError({ request, response }: HttpContext, error: unknown, log: Logger): void {
  response.reset();
  const isExpected = HttpError.is(error);
  const status = isExpected ? error.status : 500;
  if (status >= 500) log.error('A middleware failed', { method: request.method, path: request.path, error });
  try {
    if (isExpected && error.headers !== null) response.headers.assign(error.headers);
  } catch (failure) {
    log.error('The headers of an error cannot be sent', { path: request.path, error: failure });
    response.headers.clear();
  }
  const text = isExpected && error.expose ? error.message : (STATUS_CODES[status] ?? `Error ${status}`);
  answerText(response, status, text);
}

/** Nobody answered. */
export function answerText(response: HttpContext['response'], status: number, text: string): void {
  response.status = status;
  response.headers.set('Content-Type', 'text/plain; charset=utf-8');
  response.body = `${text}\n`;
}
