import { HttpError } from '@windhover/core';

/** Every code this package throws: the status a client gets, and what went wrong. */
export const headersErrors = {
  HEADERS_OPTION_INVALID: { status: 500, message: 'An option is not valid' },
  HEADERS_CORS_REFUSED: { status: 403, message: 'The preflight is refused' },
} as const;

/** A code of this package's errors. */
export type HeadersErrorCode = keyof typeof headersErrors;

/** An error of the table, its message made exact by `detail`. */
export function headersError(code: HeadersErrorCode, detail: string): HttpError {
  const { status, message } = headersErrors[code];
  return new HttpError(status, code, `${message}: ${detail}`);
}
