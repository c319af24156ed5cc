import { HttpError } from '@windhover/core';

/** Every code this package throws: the status for the client, and the reason. */
export const requestIdErrors = {
  REQUEST_ID_OPTION_INVALID: { status: 500, message: 'An option of requestId() is not valid' },
} as const;

/** An error code of this package. */
export type RequestIdErrorCode = keyof typeof requestIdErrors;

/** Creates `REQUEST_ID_OPTION_INVALID` for a fault in the options. */
export function optionError(fault: string, cause?: unknown): HttpError {
  const { status, message } = requestIdErrors.REQUEST_ID_OPTION_INVALID;
  return new HttpError(status, 'REQUEST_ID_OPTION_INVALID', `${message}: ${fault}`, { cause });
}
