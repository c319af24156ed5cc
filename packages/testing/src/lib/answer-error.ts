import { STATUS_CODES } from 'node:http';
import { HttpError, type HttpResponse } from '@windhover/core';

/** The response to what a handler threw: an `HttpError` as it says, anything else a 500 that tells nothing. */
export function answerError(response: HttpResponse, error: unknown): void {
  response.reset();
  if (!HttpError.is(error)) {
    answerText(response, 500, 'Internal Server Error');
    return;
  }
  if (error.headers !== null) response.headers.assign(error.headers);
  answerText(
    response,
    error.status,
    error.expose ? error.message : STATUS_CODES[error.status] || `Error ${error.status}`,
  );
}

export function answerText(response: HttpResponse, status: number, text: string): void {
  response.status = status;
  response.headers.set('Content-Type', 'text/plain; charset=utf-8');
  response.body = `${text}\n`;
}
