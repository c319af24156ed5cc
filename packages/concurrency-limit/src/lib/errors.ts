import { HttpError } from '@windhover/core';

/** Every code this package throws: the status for the client, and the reason. */
export const concurrencyLimitErrors = {
  CONCURRENCY_LIMIT_OPTION_INVALID: { status: 500, message: 'An option of concurrencyLimit() is not valid' },
} as const;

/** An error code of this package. */
export type ConcurrencyLimitErrorCode = keyof typeof concurrencyLimitErrors;

/** Creates `CONCURRENCY_LIMIT_OPTION_INVALID` for a fault in the options. */
export function optionError(fault: string): HttpError {
  const { status, message } = concurrencyLimitErrors.CONCURRENCY_LIMIT_OPTION_INVALID;
  return new HttpError(status, 'CONCURRENCY_LIMIT_OPTION_INVALID', `${message}: ${fault}`);
}
