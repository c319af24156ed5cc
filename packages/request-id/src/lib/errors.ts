import { HttpError } from '@windhover/core';

/** Every code this package throws: the status a client gets, and what went wrong. */
export const requestIdErrors = {
  REQUEST_ID_OPTION_INVALID: { status: 500, message: 'An option of requestId() is not valid' },
} as const;

/** A code of this package's errors. */
export type RequestIdErrorCode = keyof typeof requestIdErrors;

/** `REQUEST_ID_OPTION_INVALID`, for what is wrong with the options. */
export function optionError(fault: string, cause?: unknown): HttpError {
  const { status, message } = requestIdErrors.REQUEST_ID_OPTION_INVALID;
  return new HttpError(status, 'REQUEST_ID_OPTION_INVALID', `${message}: ${fault}`, { cause });
}
