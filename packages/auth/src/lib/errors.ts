import { HttpError } from '@windhover/core';

/** Every code this package throws: the status a client would get, and what went wrong. */
export const authErrors = {
  AUTH_OPTION_INVALID: { status: 500, message: 'The options are not valid' },
  AUTH_REQUIRED: { status: 401, message: 'You need to log in' },
  AUTH_FORBIDDEN: { status: 403, message: 'You may not do this' },
  AUTH_PATH_AMBIGUOUS: { status: 400, message: 'The path can be read in two ways, and access depends on it' },
  AUTH_BUSY: { status: 503, message: 'Too many passwords are being checked' },
  AUTH_TOO_MANY_GUESSES: { status: 429, message: 'Too many passwords of this client are being checked' },
  AUTH_FETCH_REFUSED: { status: 503, message: 'A service for logging in may not be asked' },
  AUTH_FETCH_FAILED: { status: 503, message: 'A service for logging in does not work' },
  AUTH_KEYS_UNAVAILABLE: { status: 503, message: 'The keys for tokens are not there' },
  AUTH_USERS_UNREADABLE: { status: 500, message: 'The file of users cannot be used' },
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

/**
 * The answer to a request without a user who may do this: the same words whatever the reason, so that nobody learns
 * which names exist. One `WWW-Authenticate` field for each challenge, because some clients read only one in each.
 */
export function refusalError(status: number, challenges: readonly string[]): HttpError {
  const code = status === 401 ? 'AUTH_REQUIRED' : 'AUTH_FORBIDDEN';
  const headers = challenges.map((challenge) => ['WWW-Authenticate', challenge] as const);
  return new HttpError(status, code, authErrors[code].message, { headers });
}
