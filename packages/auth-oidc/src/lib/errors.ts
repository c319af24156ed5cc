import { HttpError } from '@windhover/core';

/** Every code of this package: the status a client gets, and what went wrong. */
export const oidcErrors = {
  OIDC_OPTION_INVALID: { status: 500, message: 'The options are not valid' },
  OIDC_SESSION_MISSING: { status: 500, message: 'Logging in needs a session: put session() before auth()' },
  OIDC_PROVIDER_UNAVAILABLE: { status: 503, message: 'The provider for logging in does not work' },
} as const;

/** A code of this package's errors. */
export type OidcErrorCode = keyof typeof oidcErrors;

/** Creates an error of this package. */
export function oidcError(code: OidcErrorCode, detail = '', cause?: unknown): HttpError {
  const { status, message } = oidcErrors[code];
  const text = detail === '' ? message : `${message}: ${detail}`;
  return new HttpError(status, code, text, cause === undefined ? {} : { cause });
}

/** Options that cannot work; `detail` says which, and what was expected. */
export function optionError(detail: string): HttpError {
  return oidcError('OIDC_OPTION_INVALID', detail);
}
