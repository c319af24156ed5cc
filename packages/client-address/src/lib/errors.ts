import { HttpError } from '@windhover/core';

/** Every code this package throws: the status a client gets, and what went wrong. */
export const clientAddressErrors = {
  CLIENT_ADDRESS_MALFORMED: { status: 400, message: 'A trusted proxy named the client in a way that cannot be read' },
  CLIENT_ADDRESS_TRUST_INVALID: { status: 500, message: 'What clientAddress() shall trust is not a network' },
  CLIENT_ADDRESS_OPTION_INVALID: { status: 500, message: 'An option of clientAddress() is not valid' },
} as const;

/** A code of this package's errors. */
export type ClientAddressErrorCode = keyof typeof clientAddressErrors;

/** An error of the table, its message made exact by `detail`. */
export function clientAddressError(code: ClientAddressErrorCode, detail: string): HttpError {
  const { status, message } = clientAddressErrors[code];
  return new HttpError(status, code, `${message}: ${detail}`);
}
