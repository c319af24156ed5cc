import { HttpError } from '@windhover/core';

/** Every code this package throws: the status a client would get, and what went wrong. */
export const requestTraceErrors = {
  REQUEST_TRACE_OPTION_INVALID: { status: 500, message: 'The options are not valid' },
} as const;

/** A code of this package's errors. */
export type RequestTraceErrorCode = keyof typeof requestTraceErrors;

/** Options that cannot work; `detail` says which, and what was expected. */
export function optionError(detail: string): HttpError {
  const { status, message } = requestTraceErrors.REQUEST_TRACE_OPTION_INVALID;
  return new HttpError(status, 'REQUEST_TRACE_OPTION_INVALID', `${message}: ${detail}`);
}
