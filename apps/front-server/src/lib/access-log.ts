import type { HttpContext, Middleware } from '@windhover/core';
import { formatAccessLine } from './format-access-line.ts';

/** Writes a line for each request when its exchange is over, however that ended. */
export function accessLog(write: (line: string) => void): Middleware<HttpContext> {
  return function accessLog(context, next) {
    const { method, host, path } = context.request; // as they came: a rewrite changes the path
    context.onSent((outcome) => {
      write(formatAccessLine({ address: context.client.address, method, host, path }, outcome));
    });
    return next(context);
  };
}
