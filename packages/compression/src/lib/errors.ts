import { type HeaderInit, HttpError } from '@windhover/core';

/** Every code this package throws: the status for the client, and the reason. */
export const compressionErrors = {
  COMPRESSION_OPTION_INVALID: { status: 500, message: 'The options are not valid' },
  COMPRESSION_CODING_UNKNOWN: { status: 415, message: 'The body has a content coding that is not accepted here' },
  COMPRESSION_BODY_INVALID: { status: 400, message: 'The body does not have the content coding that it announces' },
  COMPRESSION_BODY_TOO_LARGE: { status: 413, message: 'The decompressed body is too large' },
  COMPRESSION_RATIO_EXCEEDED: { status: 413, message: 'The body grows too much when it is decompressed' },
} as const;

/** An error code of this package. */
export type CompressionErrorCode = keyof typeof compressionErrors;

/** Creates an error of the table; `detail` is added to its message. */
export function compressionError(
  code: CompressionErrorCode,
  detail: string,
  options: { readonly headers?: HeaderInit; readonly cause?: unknown } = {},
): HttpError {
  const { status, message } = compressionErrors[code];
  return new HttpError(status, code, `${message}: ${detail}`, options);
}

/** Options that cannot work; `detail` says which, and what was expected. */
export function optionError(detail: string): HttpError {
  return compressionError('COMPRESSION_OPTION_INVALID', detail);
}
