import type { HttpContext, Middleware } from '@windhover/core';
import { orNull, wholeNumber } from '@windhover/options';
import { requestLimitsError } from './errors.ts';

const bytesRule = orNull(wholeNumber(0));

/**
 * Limits the body of a request; `null`: no limit. It replaces the limit of the server, so it may also be larger. A body
 * that announces more is refused with 413 before anything reads it, any other while it arrives. Throws
 * `REQUEST_LIMITS_OPTION_INVALID` when it is created.
 */
export function maxRequestBody(bytes: number | null): Middleware<HttpContext> {
  const fault = bytesRule.fault(bytes, 'bytes');
  if (fault !== null) throw requestLimitsError('REQUEST_LIMITS_OPTION_INVALID', fault);
  return function maxRequestBody(context, next) {
    const { body } = context.request;
    const { length } = body;
    if (length === 0) return next(context);
    if (bytes !== null && length !== null && length > bytes)
      throw requestLimitsError('REQUEST_LIMITS_BODY_TOO_LARGE', `at most ${bytes} bytes are accepted here`);
    body.maxBytes = bytes; // counts what arrives, whatever was announced
    return next(context);
  };
}
