import { HttpError } from '@windhover/core';

/** Every code of this package: the status a client gets, and what went wrong. */
export const redisErrors = {
  REDIS_OPTION_INVALID: { status: 500, message: 'The options are not valid' },
  REDIS_TIMEOUT: { status: 503, message: 'Redis did not answer in time' },
  REDIS_UNAVAILABLE: { status: 503, message: 'Redis has failed several times in a row and is not asked for a moment' },
  REDIS_UNREACHABLE: { status: 503, message: 'Redis cannot be reached' },
  REDIS_FAILED: { status: 503, message: 'Redis has answered with an error' },
} as const;

/** A code of this package's errors. */
export type RedisErrorCode = keyof typeof redisErrors;

/** Creates an error of this package. */
export function redisError(code: RedisErrorCode, detail = '', cause?: unknown): HttpError {
  const { status, message } = redisErrors[code];
  const text = detail === '' ? message : `${message}: ${detail}`;
  return new HttpError(status, code, text, cause === undefined ? {} : { cause });
}
