import { HttpError } from '@windhover/core';

/** Every code this package throws: the status a client would get, and what went wrong. */
export const tracingErrors = {
  TRACING_OPTION_INVALID: { status: 500, message: 'The options are not valid' },
} as const;

/** A code of this package's errors. */
export type TracingErrorCode = keyof typeof tracingErrors;

/** Options that cannot work; `detail` says which, and what was expected. */
export function optionError(detail: string): HttpError {
  const { status, message } = tracingErrors.TRACING_OPTION_INVALID;
  return new HttpError(status, 'TRACING_OPTION_INVALID', `${message}: ${detail}`);
}
