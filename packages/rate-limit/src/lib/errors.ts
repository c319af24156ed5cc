import { HttpError } from '@windhover/core';

/** Every code of this package: the status a client gets, and what went wrong. */
export const rateLimitErrors = {
  RATE_LIMIT_OPTION_INVALID: { status: 500, message: 'The options are not valid' },
  RATE_LIMIT_EXCEEDED: { status: 429, message: 'Too many requests' },
  RATE_LIMIT_STORE_FAILED: { status: 503, message: 'The store of a rate limit cannot be reached' },
  RATE_LIMIT_STORE_SLOW: { status: 503, message: 'The store of a rate limit did not answer in time' },
  RATE_LIMIT_STORE_WRONG: { status: 503, message: 'The store of a rate limit has answered what cannot be' },
} as const;

/** A code of this package's errors. */
export type RateLimitErrorCode = keyof typeof rateLimitErrors;

/** Options that cannot work; `detail` says which, and what was expected. */
export function optionError(detail: string): HttpError {
  const { status, message } = rateLimitErrors.RATE_LIMIT_OPTION_INVALID;
  return new HttpError(status, 'RATE_LIMIT_OPTION_INVALID', `${message}: ${detail}`);
}
