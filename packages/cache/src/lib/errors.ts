import { HttpError } from '@windhover/core';

/** Every code this package throws: the status a client would get, and what went wrong. */
export const cacheErrors = {
  CACHE_OPTION_INVALID: { status: 500, message: 'The options are not valid' },
  CACHE_NOT_STORED: { status: 504, message: 'The request wants a stored answer only, and there is none' },
  CACHE_BODY_INCOMPLETE: { status: 502, message: 'The answer ended before all of its content had arrived' },
  CACHE_PURGE_REFUSED: { status: 403, message: 'The cache was not purged' },
  CACHE_FOLDER_UNUSABLE: { status: 500, message: 'The folder of the cache cannot be used' },
  CACHE_ENTRY_DAMAGED: { status: 502, message: 'A stored answer is damaged on disk' },
} as const;

/** A code of this package's errors. */
export type CacheErrorCode = keyof typeof cacheErrors;

/** Creates an error of the table; `detail` is added to its message. */
export function cacheError(code: CacheErrorCode, detail: string): HttpError {
  const { status, message } = cacheErrors[code];
  return new HttpError(status, code, `${message}: ${detail}`);
}

/** Options that cannot work; `detail` says which, and what was expected. */
export function optionError(detail: string): HttpError {
  return cacheError('CACHE_OPTION_INVALID', detail);
}
