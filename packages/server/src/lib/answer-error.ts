import { type HttpContext, HttpError, type Logger } from '@windhover/core';

/** Turns what a handler threw into its response: an `HttpError` as it says, anything else into a 500 that tells nothing. */
export function answerError(context: HttpContext, error: unknown, log: Logger): void {
  const { request, response } = context;
  response.reset();
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
  writeText(context, error.status, error.expose ? error.message : `Error ${error.status}`);
}

/** What is sent when nobody answered. */
export function answerNotFound(context: HttpContext): void {
  writeText(context, 404, 'Not Found');
}

function writeText({ response }: HttpContext, status: number, text: string): void {
  response.status = status;
  response.headers.set('content-type', 'text/plain; charset=utf-8');
  response.body = `${text}\n`;
}
