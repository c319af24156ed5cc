import { HttpError } from '@windhover/core';

/** Every code this package throws: the status for the client, and the reason. */
export const requestLimitsErrors = {
  REQUEST_LIMITS_OPTION_INVALID: { status: 500, message: 'A limit is not valid' },
  REQUEST_LIMITS_BODY_TOO_LARGE: { status: 413, message: 'The request body is larger than allowed' },
  REQUEST_LIMITS_TIMEOUT: { status: 504, message: 'The answer was not ready in time' },
} as const;

/** An error code of this package. */
export type RequestLimitsErrorCode = keyof typeof requestLimitsErrors;

/** Creates an error of the table; `detail` is added to its message. */
export function requestLimitsError(code: RequestLimitsErrorCode, detail: string): HttpError {
  const { status, message } = requestLimitsErrors[code];
  return new HttpError(status, code, `${message}: ${detail}`);
}
