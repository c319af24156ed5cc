import { HttpError } from '@windhover/core';

/** Every code of this package: the status a client gets, and what went wrong. */
export const sessionErrors = {
  SESSION_OPTION_INVALID: { status: 500, message: 'The options are not valid' },
  SESSION_DATA_INVALID: { status: 500, message: 'A session can only keep what JSON can' },
  SESSION_TOO_LARGE: {
    status: 500,
    message: 'The session does not fit into a cookie, which browsers limit to 4096 bytes; use a store',
  },
  SESSION_STORE_FAILED: { status: 503, message: 'The session store cannot be reached' },
  SESSION_CROSS_SITE: { status: 403, message: 'Another website may not send this request' },
} as const;

/** A code of this package's errors. */
export type SessionErrorCode = keyof typeof sessionErrors;

/** Creates an error of this package. */
export function sessionError(code: SessionErrorCode, detail = '', cause?: unknown): HttpError {
  const { status, message } = sessionErrors[code];
  const text = detail === '' ? message : `${message}: ${detail}`;
  return new HttpError(status, code, text, cause === undefined ? {} : { cause });
}

/** Options that cannot work; `detail` says which, and what was expected. */
export function optionError(detail: string): HttpError {
  return sessionError('SESSION_OPTION_INVALID', detail);
}
