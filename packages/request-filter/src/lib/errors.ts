import { HttpError } from '@windhover/core';

/**
 * Every code of this package: the status that a client gets, and what went wrong. Except for the first, they are never
 * sent: logs show them. `subStatus` is the number that IIS gives the same refusal, 0 where IIS has none.
 */
export const requestFilterErrors = {
  REQUEST_FILTER_OPTION_INVALID: { status: 500, subStatus: 0, message: 'The options are not valid' },
  REQUEST_FILTER_ENCODING_INVALID: { status: 400, subStatus: 0, message: 'The path is not valid UTF-8' },
  REQUEST_FILTER_SEQUENCE: { status: 404, subStatus: 5, message: 'The URL holds a refused sequence' },
  REQUEST_FILTER_VERB: { status: 404, subStatus: 6, message: 'The method is refused' },
  REQUEST_FILTER_EXTENSION: { status: 404, subStatus: 7, message: 'The file extension is refused' },
  REQUEST_FILTER_HIDDEN_SEGMENT: { status: 404, subStatus: 8, message: 'The path holds a hidden segment' },
  REQUEST_FILTER_HEADER_TOO_LONG: { status: 431, subStatus: 0, message: 'A header field is too long, or refused' },
  REQUEST_FILTER_DOUBLE_ESCAPED: { status: 404, subStatus: 11, message: 'The path is escaped twice' },
  REQUEST_FILTER_HIGH_BIT: { status: 404, subStatus: 12, message: 'The path holds a character outside of ASCII' },
  REQUEST_FILTER_BODY_TOO_LARGE: { status: 413, subStatus: 1, message: 'The request body is too large' },
  REQUEST_FILTER_URL_TOO_LONG: { status: 404, subStatus: 14, message: 'The path is too long' },
  REQUEST_FILTER_QUERY_TOO_LONG: { status: 404, subStatus: 15, message: 'The query is too long' },
  REQUEST_FILTER_QUERY_SEQUENCE: { status: 404, subStatus: 18, message: 'The query holds a refused sequence' },
  REQUEST_FILTER_RULE: { status: 404, subStatus: 19, message: 'A filtering rule refuses the request' },
  REQUEST_FILTER_ENCODED_CHARACTER: { status: 400, subStatus: 0, message: 'The path holds a refused escape' },
  REQUEST_FILTER_ATTACK: { status: 403, subStatus: 0, message: 'The request looks like an attack' },
} as const;

/** A code of this package's errors. */
export type RequestFilterErrorCode = keyof typeof requestFilterErrors;

/** Options that cannot work; `detail` says which, and what was expected. */
export function optionError(detail: string): HttpError {
  const { status, message } = requestFilterErrors.REQUEST_FILTER_OPTION_INVALID;
  return new HttpError(status, 'REQUEST_FILTER_OPTION_INVALID', `${message}: ${detail}`);
}
