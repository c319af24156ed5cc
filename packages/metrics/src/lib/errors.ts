import { HttpError } from '@windhover/core';

/** Every code this package throws: the status for the client, and the reason. */
export const metricsErrors = {
  METRICS_OPTION_INVALID: { status: 500, message: 'An option of the metrics is not valid' },
} as const;

/** An error code of this package. */
export type MetricsErrorCode = keyof typeof metricsErrors;

/** Creates `METRICS_OPTION_INVALID` for a fault in the options. */
export function optionError(fault: string): HttpError {
  const { status, message } = metricsErrors.METRICS_OPTION_INVALID;
  return new HttpError(status, 'METRICS_OPTION_INVALID', `${message}: ${fault}`);
}
