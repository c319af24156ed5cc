import { HttpError } from '@windhover/core';

/** Every code this package throws: the status a client would get, and what went wrong. */
export const rewriteErrors = {
  REWRITE_OPTION_INVALID: { status: 500, message: 'The options are not valid' },
  REWRITE_PATTERN_INVALID: { status: 500, message: 'The pattern cannot be used' },
  REWRITE_VALUE_REFUSED: { status: 400, message: 'The request cannot be rewritten' },
  REWRITE_MAP_INVALID: { status: 500, message: 'The map cannot be used' },
} as const;

/** A code of this package's errors. */
export type RewriteErrorCode = keyof typeof rewriteErrors;

/** Options that cannot work; `detail` says which, and what was expected. */
export function optionError(detail: string): HttpError {
  return rewriteError('REWRITE_OPTION_INVALID', detail);
}

/** An error of this package; `detail` says where, and what was expected. */
export function rewriteError(code: RewriteErrorCode, detail: string, cause?: unknown): HttpError {
  const { status, message } = rewriteErrors[code];
  return new HttpError(status, code, `${message}: ${detail}`, cause === undefined ? {} : { cause });
}
