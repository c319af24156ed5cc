import { HttpError } from '@windhover/core';

/** Every code this package throws: the status a client would get, and what went wrong. */
export const rewriteErrors = {
  REWRITE_OPTION_INVALID: { status: 500, message: 'The options are not valid' },
} as const;

/** A code of this package's errors. */
export type RewriteErrorCode = keyof typeof rewriteErrors;

/** Options that cannot work; `detail` says which, and what was expected. */
export function optionError(detail: string): HttpError {
  const { status, message } = rewriteErrors.REWRITE_OPTION_INVALID;
  return new HttpError(status, 'REWRITE_OPTION_INVALID', `${message}: ${detail}`);
}
