import type { HttpContext, Middleware } from '@windhover/core';
import { type FormatAccess, formatAccessLine } from './format-access-line.ts';

/**
 * Writes a line for each request when its exchange is over, however that ended. Stands before what changes the path; the client is the one
 * that is known at the end.
 */
export function accessLog(
  write: (line: string) => void,
  format: FormatAccess = formatAccessLine,
): Middleware<HttpContext> {
  return function accessLog(context, next) {
    const { method, host, path } = context.request; // as they came: a rewrite changes the path
    context.onSent((outcome) => {
      write(format({ address: context.client.address, method, host, path }, outcome));
    });
    return next(context);
  };
}
