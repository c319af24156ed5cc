import { HttpError, type HttpErrorOptions } from '@windhover/core';

/** Every code this package throws: the status a client gets, and what went wrong. */
export const fetchErrors = {
  FETCH_APP_INVALID: { status: 500, message: 'The app is neither a function nor an object with a fetch function' },
  FETCH_OPTION_INVALID: { status: 500, message: 'An option is not valid' },
  FETCH_METHOD_UNSUPPORTED: { status: 501, message: 'The Fetch standard has no requests of this method' },
  FETCH_HOST_INVALID: { status: 400, message: 'The host cannot be part of a URL' },
  FETCH_RESULT_INVALID: { status: 500, message: 'The app did not return a Response' },
  FETCH_RESPONSE_INVALID: { status: 500, message: 'The Response cannot be sent' },
  FETCH_UPGRADE_UNSUPPORTED: { status: 500, message: 'A Response cannot be a tunnel' },
} as const;

/** A code of this package's errors. */
export type FetchErrorCode = keyof typeof fetchErrors;

/** Creates an error of the table; `detail` makes its message exact. */
export function fetchError(code: FetchErrorCode, detail: string, options?: HttpErrorOptions): HttpError {
  const { status, message } = fetchErrors[code];
  return new HttpError(status, code, `${message}: ${detail}`, options);
}
