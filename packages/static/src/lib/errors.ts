import { HttpError, type HttpErrorOptions } from '@windhover/core';

/** Every code this package throws: the status for the client, and the reason. */
export const staticErrors = {
  STATIC_OPTION_INVALID: { status: 500, message: 'An option of staticFiles() is not valid' },
  STATIC_FORBIDDEN: { status: 403, message: 'The file may not be read' },
  STATIC_PRECONDITION_FAILED: { status: 412, message: 'The file does not meet the conditions of the request' },
  STATIC_RANGE_UNSATISFIABLE: { status: 416, message: 'The file has no such bytes' },
  STATIC_READ_FAILED: { status: 500, message: 'The file could not be read' },
  STATIC_FILE_CHANGED: { status: 500, message: 'The file was changed while it was sent' },
  STATIC_FOLDER_TOO_LARGE: { status: 403, message: 'The folder is too large for a download' },
  STATIC_ARCHIVE_INVALID: { status: 500, message: 'The archive cannot be read' },
  STATIC_MEMBER_TOO_LARGE: { status: 500, message: 'A compressed file of the archive is too large to be unpacked' },
  STATIC_TOO_MANY_FILES: { status: 503, message: 'Too many files are open' },
} as const;

/** An error code of this package. */
export type StaticErrorCode = keyof typeof staticErrors;

/** Creates an error of the table; `detail` is added to its message. */
export function staticError(code: StaticErrorCode, detail?: string, options?: HttpErrorOptions): HttpError {
  const { status, message } = staticErrors[code];
  return new HttpError(status, code, detail === undefined ? message : `${message}: ${detail}`, options);
}
