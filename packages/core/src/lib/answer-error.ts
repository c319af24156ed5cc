import type { HttpContext } from './http-context.ts';
import { HttpError } from './http-error.ts';
import type { HttpResponse } from './http-response.ts';
import type { Logger } from './services.ts';
import { toError } from './to-error.ts';

/** Returns the reason phrase of a status, `''` for a status that has none. */
export type StatusText = (status: number) => string;

/**
 * Turns a thrown value into the response: an `HttpError` sets status, headers and message; anything else becomes a 500
 * without details.
 */
export function answerError(context: HttpContext, error: unknown, log: Logger, statusText: StatusText): void {
  dropAnswer(context, log);
  try {
    answerAs(context, error, log, statusText);
  } catch (failure) {
    dropAnswer(context, log); // reading the error threw
    answerAs(context, toError(failure), log, statusText);
  }
}

/** Discards an answer that will not be sent. Discarding it may run the handler's code, which may throw. */
export function dropAnswer({ request, response }: HttpContext, log: Logger): void {
  try {
    response.reset();
  } catch (error) {
    log.error('The body of an answer could not be closed', { path: request.path, error: toError(error) });
  }
}

export function answerText(response: HttpResponse, status: number, text: string): void {
  response.status = status;
  response.headers.set('Content-Type', 'text/plain; charset=utf-8');
  response.body = `${text}\n`;
}

function answerAs(context: HttpContext, error: unknown, log: Logger, statusText: StatusText): void {
  const { request, response } = context;
  const { method, path } = request;
  if (!HttpError.is(error)) {
    log.error('A handler failed', { method, path, error });
    answerText(response, 500, 'Internal Server Error');
    return;
  }
  const { status, code, headers } = error;
  if (status >= 500) log.error(error.message, { method, path, code, error });
  try {
    if (headers !== null) response.headers.assign(headers);
  } catch (failure) {
    log.error('The headers of an error cannot be sent', { path, code, error: failure });
    response.headers.clear();
  }
  answerText(response, status, error.expose ? error.message : statusText(status) || `Error ${status}`);
}
