import type { Clock, HttpContext, Middleware } from '@windhover/core';
import type { AccessFormat } from './access-format.ts';
import type { LineSink } from './line-sink.ts';

/**
 * Writes a line for each request when its exchange is over, however it ended. Place it outside of everything whose
 * answers are to be logged.
 */
export function logRequests(
  sink: Pick<LineSink, 'write'>,
  format: AccessFormat,
  clock: Pick<Clock, 'now'>,
): Middleware<HttpContext> {
  const { line, usesStages } = format;
  return function accessLog(context, next) {
    const { path, query } = context.request; // read now, because a rewrite changes them
    const handledAt = usesStages ? clock.now() : 0;
    context.onSent((outcome) => sink.write(line({ context, outcome, path, query, handledAt })));
    return next(context);
  };
}
