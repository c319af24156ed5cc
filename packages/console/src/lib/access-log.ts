import type { HttpContext, Middleware } from '@windhover/core';
import { type FormatAccess, formatAccessLine } from './format-access-line.ts';

/**
 * Writes a line for each request when its exchange is over, however it ended. Place it before anything that rewrites
 * the path. The client in the line is the one known at the end.
 */
export function accessLog(
  write: (line: string) => void,
  format: FormatAccess = formatAccessLine,
): Middleware<HttpContext> {
  return function accessLog(context, next) {
    const { method, host, path } = context.request; // read now, because a rewrite changes the path
    context.onSent((outcome) => {
      write(format({ address: context.client.address, method, host, path }, outcome));
    });
    return next(context);
  };
}
