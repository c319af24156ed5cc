import { HttpError } from '@windhover/core';

/** Every code of this package: the status a client gets, and what went wrong. */
export const adminErrors = {
  ADMIN_OPTION_INVALID: { status: 500, message: 'The options are not valid' },
  ADMIN_LOGIN_REQUIRED: { status: 401, message: 'Nobody is logged in' },
  ADMIN_LOGIN_WRONG: { status: 401, message: 'The name, the password or the token is wrong' },
  ADMIN_TOO_MANY_GUESSES: { status: 429, message: 'Too many logins have failed' },
  ADMIN_ROLE_TOO_LOW: { status: 403, message: 'Your role does not allow this' },
  ADMIN_CSRF: { status: 403, message: 'The request has not the token of its session' },
  ADMIN_CROSS_SITE: { status: 403, message: 'Another website may not send this request' },
  ADMIN_HOST_REFUSED: { status: 421, message: 'The management API is not served under this host' },
  ADMIN_NOT_FOUND: { status: 404, message: 'The management API has no such path' },
  ADMIN_NOT_OFFERED: { status: 404, message: 'This server does not have that' },
  ADMIN_UNKNOWN: { status: 404, message: 'There is nothing of that name' },
  ADMIN_METHOD_NOT_ALLOWED: { status: 405, message: 'The path does not take that method' },
  ADMIN_BODY_SLOW: { status: 408, message: 'The body does not arrive' },
  ADMIN_CONTENT_TYPE: { status: 415, message: 'The body has the wrong content type' },
  ADMIN_REQUEST_INVALID: { status: 400, message: 'The request is not valid' },
  ADMIN_REFUSED: { status: 422, message: 'It cannot be done' },
  ADMIN_CONFIG_CHANGED: { status: 409, message: 'The configuration has changed meanwhile' },
  ADMIN_CONFIG_WRONG: { status: 422, message: 'The configuration cannot be used' },
  ADMIN_CONFIG_READ_ONLY: { status: 409, message: 'The configuration cannot be edited here' },
  ADMIN_ZIP_INVALID: { status: 422, message: 'The ZIP file cannot be deployed' },
  ADMIN_ZIP_TOO_LARGE: { status: 413, message: 'The ZIP file holds too much' },
  ADMIN_TOO_MANY_STREAMS: { status: 503, message: 'Too many clients follow the events' },
  ADMIN_FAILED: { status: 500, message: 'The management API failed' },
  ADMIN_NOT_NOW: { status: 503, message: 'The server cannot answer now' },
} as const;

/** A code of this package's errors. */
export type AdminErrorCode = keyof typeof adminErrors;

/** Creates an error of this package; `detail` says what was expected. */
export function adminError(
  code: AdminErrorCode,
  detail = '',
  { retryAfterS, cause }: { readonly retryAfterS?: number; readonly cause?: unknown } = {},
): HttpError {
  const { status, message } = adminErrors[code];
  return new HttpError(status, code, detail === '' ? message : `${message}: ${detail}`, {
    ...(retryAfterS === undefined ? {} : { headers: { 'Retry-After': String(retryAfterS) } }),
    ...(status === 401 ? { headers: { 'WWW-Authenticate': 'Bearer' } } : {}), // RFC 9110 §11.6.1; no browser asks for a password then
    ...(cause === undefined ? {} : { cause }),
    expose: true,
  });
}

/** Options that cannot work; `detail` says which, and what was expected. */
export function optionError(detail: string): HttpError {
  return adminError('ADMIN_OPTION_INVALID', detail);
}
