import { HttpError } from '@windhover/core';

/** Every code this package throws: the status a client would get, and what went wrong. */
export const authErrors = {
  AUTH_OPTION_INVALID: { status: 500, message: 'The options are not valid' },
  AUTH_BUSY: { status: 503, message: 'Too many logins are being checked' },
  AUTH_TOO_MANY_GUESSES: { status: 429, message: 'Too many passwords of this client are being checked' },
  AUTH_FETCH_REFUSED: { status: 503, message: 'A service for logging in may not be asked' },
  AUTH_FETCH_FAILED: { status: 503, message: 'A service for logging in does not work' },
  AUTH_KEYS_UNAVAILABLE: { status: 503, message: 'The keys for tokens are not there' },
  AUTH_USERS_UNREADABLE: { status: 500, message: 'The file of users cannot be used' },
  AUTH_USERS_MISSING: { status: 503, message: 'The users are not there' },
  AUTH_HASH_FAILED: { status: 500, message: 'A password could not be checked' },
} as const;

/** A code of this package's errors. */
export type AuthErrorCode = keyof typeof authErrors;

/** Options that cannot work; `detail` says which, and what was expected. */
export function optionError(detail: string): HttpError {
  return authError('AUTH_OPTION_INVALID', detail);
}

/** Creates an error of the table; `detail` is added to its message. */
export function authError(code: AuthErrorCode, detail: string, cause?: unknown): HttpError {
  const { status, message } = authErrors[code];
  return new HttpError(status, code, `${message}: ${detail}`, cause === undefined ? {} : { cause });
}
