/** Every code this package throws, and what went wrong. */
export const ftpErrors = {
  FTP_OPTION_INVALID: { message: 'The options are not valid' },
  FTP_NO_PORT: { message: 'No port for a data connection is free' },
  FTP_DATA_FAILED: { message: 'The data connection did not come about' },
  FTP_TRANSFER_BROKEN: { message: 'The transfer broke off' },
} as const;

/** A code of this package's errors. */
export type FtpErrorCode = keyof typeof ftpErrors;

/** An error of this package. */
export class FtpError extends Error {
  readonly code: FtpErrorCode;

  constructor(code: FtpErrorCode, detail: string, cause?: unknown) {
    super(`${ftpErrors[code].message}: ${detail}`, cause === undefined ? undefined : { cause });
    this.name = 'FtpError';
    this.code = code;
  }
}

/** Options that cannot work; `detail` says which, and what was expected. */
export function optionError(detail: string): FtpError {
  return new FtpError('FTP_OPTION_INVALID', detail);
}
