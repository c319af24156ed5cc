import { HttpError } from '@windhover/core';

/** Every code of this package: the status a client gets, and what went wrong. */
export const appPoolErrors = {
  APP_OPTION_INVALID: { status: 500, message: 'The options are not valid' },
  APP_UNKNOWN: { status: 404, message: 'There is no application of that name' },
  APP_STOPPED: { status: 503, message: 'The application is stopped' },
  APP_FAILED: { status: 503, message: 'The application has failed too often and is not started again' },
  APP_STARTING: { status: 503, message: 'The application is starting' },
  APP_QUEUE_FULL: { status: 503, message: 'Too many requests wait for the application to start' },
  APP_START_TIMEOUT: { status: 503, message: 'The application has not started in time' },
} as const;

/** A code of this package's errors. */
export type AppPoolErrorCode = keyof typeof appPoolErrors;

/** Makes an error; `detail` says which application, or which option and what was expected. */
export function appError(code: AppPoolErrorCode, detail: string, retryAfterS: number | null = null): HttpError {
  const { status, message } = appPoolErrors[code];
  const headers = retryAfterS === null ? {} : { headers: { 'Retry-After': String(retryAfterS) } };
  return new HttpError(status, code, `${message}: ${detail}`, headers);
}
