import { HttpError } from '@windhover/core';

/** Every code of this package: the status a client would get, and what went wrong. */
export const leaseErrors = {
  LEASE_OPTION_INVALID: { status: 500, message: 'The options are not valid' },
  LEASE_LOST: { status: 503, message: 'The lease was lost before the work was done' },
} as const;

/** A code of this package's errors. */
export type LeaseErrorCode = keyof typeof leaseErrors;

/** Creates an error of the table; `detail` is added to its message. */
export function leaseError(code: LeaseErrorCode, detail: string): HttpError {
  const { status, message } = leaseErrors[code];
  return new HttpError(status, code, `${message}: ${detail}`);
}
