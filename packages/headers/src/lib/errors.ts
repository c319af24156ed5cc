import { HttpError } from '@windhover/core';

/** Every code this package throws: the status for the client, and the reason. */
export const headersErrors = {
  HEADERS_OPTION_INVALID: { status: 500, message: 'An option is not valid' },
  HEADERS_CORS_REFUSED: { status: 403, message: 'The preflight is refused' },
  HEADERS_HOST_REFUSED: { status: 400, message: 'This server does not answer for this host' },
  HEADERS_REPORT_INVALID: { status: 400, message: 'The report cannot be read' },
} as const;

/** An error code of this package. */
export type HeadersErrorCode = keyof typeof headersErrors;

/** Creates an error of the table; `detail` is added to its message. */
export function headersError(code: HeadersErrorCode, detail: string, cause?: unknown): HttpError {
  const { status, message } = headersErrors[code];
  return new HttpError(status, code, `${message}: ${detail}`, cause === undefined ? {} : { cause });
}
