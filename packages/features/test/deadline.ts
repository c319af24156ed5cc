import { duration } from '@windhover/config';
import { type Clock, type HttpContext, HttpError, type Middleware } from '@windhover/core';
import type { Feature } from '@windhover/core/feature';

/** Answers 504 when the head is not decided in time, whatever the handler is doing. */
export function deadline(timeoutMs: number, clock: Clock): Middleware<HttpContext> {
  return function deadline(context, next) {
    const cancel = clock.schedule(timeoutMs, () => {
      context.abort(new HttpError(504, 'TEST_DEADLINE', `No answer within ${timeoutMs} ms`, { expose: true }));
    });
    context.onHead(cancel);
    return next(context);
  };
}

/** `deadline: 5s`. */
export const deadlineFeature: Feature<number> = {
  name: 'deadline',
  levels: ['top', 'site', 'route'],
  phases: ['shield'],
  combine: 'replace',
  schema: duration(1).describe('How long an answer may take.'),
  create: (timeoutMs, { clock }) => ({ layers: [{ phase: 'shield', run: deadline(timeoutMs, clock) }] }),
};
