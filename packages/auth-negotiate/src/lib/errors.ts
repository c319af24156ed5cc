import { HttpError } from '@windhover/core';

/** Every code this package throws: the status a client would get, and what went wrong. */
export const negotiateErrors = {
  NEGOTIATE_OPTION_INVALID: { status: 500, message: 'The options are not valid' },
  NEGOTIATE_NOT_INSTALLED: { status: 500, message: 'The package kerberos cannot be loaded' },
  NEGOTIATE_KEYTAB_IN_USE: { status: 500, message: 'A process has one keytab' },
  NEGOTIATE_UNAVAILABLE: { status: 503, message: 'Kerberos cannot accept tickets' },
  NEGOTIATE_BUSY: { status: 503, message: 'Too many Kerberos logins are being checked' },
} as const;

/** A code of this package's errors. */
export type NegotiateErrorCode = keyof typeof negotiateErrors;

/** Options that cannot work; `detail` says which, and what was expected. */
export function optionError(detail: string): HttpError {
  return negotiateError('NEGOTIATE_OPTION_INVALID', detail);
}

/** Creates an error of the table; `detail` is added to its message. */
export function negotiateError(code: NegotiateErrorCode, detail: string, cause?: unknown): HttpError {
  const { status, message } = negotiateErrors[code];
  return new HttpError(status, code, `${message}: ${detail}`, cause === undefined ? {} : { cause });
}
