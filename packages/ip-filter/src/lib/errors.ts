import { HttpError } from '@windhover/core';

/** Every code of this package: the status that a client gets, and what went wrong. */
export const ipFilterErrors = {
  IP_FILTER_OPTION_INVALID: { status: 500, message: 'The options are not valid' },
  IP_FILTER_DENIED: { status: 403, message: 'The address is not let in' },
  IP_FILTER_LIST_UNREADABLE: { status: 500, message: 'A list of addresses cannot be read' },
  IP_FILTER_LIST_INVALID: { status: 500, message: 'A list of addresses has a line that is no address' },
} as const;

/** A code of this package's errors. */
export type IpFilterErrorCode = keyof typeof ipFilterErrors;

/** Makes an error of the table; `detail` is added to its message. */
export function ipFilterError(code: IpFilterErrorCode, detail: string, cause?: unknown): HttpError {
  const { status, message } = ipFilterErrors[code];
  return new HttpError(status, code, `${message}: ${detail}`, cause === undefined ? {} : { cause });
}

/** Options that cannot work; `detail` says which, and what was expected. */
export function optionError(detail: string): HttpError {
  return ipFilterError('IP_FILTER_OPTION_INVALID', detail);
}
