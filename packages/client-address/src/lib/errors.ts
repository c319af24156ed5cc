import { HttpError } from '@windhover/core';

/** Every code this package throws: the status for the client, and the reason. */
export const clientAddressErrors = {
  CLIENT_ADDRESS_MALFORMED: { status: 400, message: 'A trusted proxy sent client information that cannot be read' },
  CLIENT_ADDRESS_TRUST_INVALID: { status: 500, message: 'An entry of trust is not a network' },
  CLIENT_ADDRESS_OPTION_INVALID: { status: 500, message: 'An option of clientAddress() is not valid' },
} as const;

/** An error code of this package. */
export type ClientAddressErrorCode = keyof typeof clientAddressErrors;

/** Creates an error of the table; `detail` is added to its message. */
export function clientAddressError(code: ClientAddressErrorCode, detail: string): HttpError {
  const { status, message } = clientAddressErrors[code];
  return new HttpError(status, code, `${message}: ${detail}`);
}
