import { HttpError } from '@windhover/core';

/** Every code of this package: the status for the client, and the reason. */
export const accessLogErrors = {
  ACCESS_LOG_OPTION_INVALID: { status: 500, message: 'An option of the access log is not valid' },
  ACCESS_LOG_FORMAT_INVALID: { status: 500, message: 'The format of the access log is not valid' },
  ACCESS_LOG_FILE: { status: 500, message: 'The file of the access log cannot be written' },
  ACCESS_LOG_SYSLOG: { status: 500, message: 'The syslog server cannot be reached' },
} as const;

/** An error code of this package. */
export type AccessLogErrorCode = keyof typeof accessLogErrors;

/** Creates an error of the table, with `detail` appended to its message. */
export function accessLogError(code: AccessLogErrorCode, detail: string, cause?: unknown): HttpError {
  const { status, message } = accessLogErrors[code];
  return new HttpError(status, code, `${message}: ${detail}`, cause === undefined ? {} : { cause });
}
