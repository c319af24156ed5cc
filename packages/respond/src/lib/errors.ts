import { HttpError, type HttpErrorOptions } from '@windhover/core';

/** Every code this package throws: the status for the client, and the reason. */
export const respondErrors = {
  RESPOND_LOCATION_INVALID: { status: 400, message: 'The location of the redirect is not allowed' },
  RESPOND_STATUS_INVALID: { status: 500, message: 'The status does not fit the answer' },
  RESPOND_JSON_INVALID: { status: 500, message: 'The value cannot be written as JSON' },
  RESPOND_OPTION_INVALID: { status: 500, message: 'An option is not valid' },
} as const;

/** An error code of this package. */
export type RespondErrorCode = keyof typeof respondErrors;

/** Creates an error of the table; `detail` is added to its message. */
export function respondError(code: RespondErrorCode, detail: string, options?: HttpErrorOptions): HttpError {
  const { status, message } = respondErrors[code];
  return new HttpError(status, code, `${message}: ${detail}`, options);
}

/** Creates `RESPOND_OPTION_INVALID` for a fault in the options. */
export function optionError(fault: string, cause?: unknown): HttpError {
  return respondError('RESPOND_OPTION_INVALID', fault, { cause });
}
