import type { HttpContext } from './http-context.ts';
import { HttpError } from './http-error.ts';
import type { HttpResponse } from './http-response.ts';
import type { Logger } from './services.ts';
import { toError } from './to-error.ts';

/** The phrase of a status, `''` for one that has none. */
export type StatusText = (status: number) => string;

/** Turns what was thrown into the response: an `HttpError` as it says, anything else into a 500 that tells nothing. */
export function answerError(context: HttpContext, error: unknown, log: Logger, statusText: StatusText): void {
  dropAnswer(context, log);
  try {
    answerAs(context, error, log, statusText);
  } catch (failure) {
    dropAnswer(context, log); // an error that throws when it is read
    answerAs(context, toError(failure), log, statusText);
  }
}

/** Lets go of an answer that will not be sent. Taking it back may run code of the handler's, which may fail. */
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
