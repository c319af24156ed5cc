import { HttpError, type HttpErrorOptions } from '@windhover/core';

/** Every code this package throws: the status for the client, and the reason. */
export const routerErrors = {
  ROUTER_NOT_FOUND: { status: 404, message: 'There is nothing here' },
  ROUTER_METHOD_NOT_ALLOWED: { status: 405, message: 'The method is not allowed here' },
  ROUTER_PARAM_NOT_UTF8: { status: 400, message: 'A part of the path is not UTF-8' },
  ROUTER_ENCODED_SLASH: { status: 400, message: 'The path holds an encoded slash' },
  ROUTER_PATTERN_INVALID: { status: 500, message: 'The pattern of a route is not valid' },
  ROUTER_METHOD_INVALID: { status: 500, message: 'The method of a route is not valid' },
  ROUTER_OPTION_INVALID: { status: 500, message: 'An option of a route or router is not valid' },
  ROUTER_CONFLICT: { status: 500, message: 'Two routes answer the same requests' },
} as const;

/** An error code of this package. */
export type RouterErrorCode = keyof typeof routerErrors;

/** Creates an error of the table; `detail` is added to its message. */
export function routerError(code: RouterErrorCode, detail?: string, options?: HttpErrorOptions): HttpError {
  const { status, message } = routerErrors[code];
  return new HttpError(status, code, detail === undefined ? message : `${message}: ${detail}`, options);
}
