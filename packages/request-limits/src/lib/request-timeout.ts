import { type Clock, type HttpContext, type Middleware, systemClock } from '@windhover/core';
import { checkOptions, milliseconds, orNull, type Rules, withFunctions } from '@windhover/options';
import { type Deadline, DeadlineQueue } from './deadline-queue.ts';
import { requestLimitsError } from './errors.ts';

/** Options of `requestTimeout`. */
export interface RequestTimeoutOptions {
  /**
   * Milliseconds until the answer must be complete; later it is cut off, or answered with 504 if it has not begun.
   * `null`: no limit. Default: `null`, because a large file may take a slow client hours. Upgraded connections are not
   * cut off.
   */
  readonly totalMs?: number | null;
  /** The time and timers. Default: the system's. */
  readonly clock?: Clock;
}

const optionRules: Rules<RequestTimeoutOptions> = {
  totalMs: orNull(milliseconds('above 0')),
  clock: withFunctions(['now', 'schedule']),
};
const timeRule = orNull(milliseconds('above 0'));

/**
 * Limits the time until the answer begins, in milliseconds; later the client gets 504, whatever the handler is doing,
 * and `context.signal` aborts. `null`: no limit. Throws `REQUEST_LIMITS_OPTION_INVALID` when it is created.
 */
export function requestTimeout(timeoutMs: number | null, options: RequestTimeoutOptions = {}): Middleware<HttpContext> {
  const refuse = (fault: string): Error => requestLimitsError('REQUEST_LIMITS_OPTION_INVALID', fault);
  const fault = timeRule.fault(timeoutMs, 'timeoutMs');
  if (fault !== null) throw refuse(fault);
  checkOptions(options, optionRules, refuse);
  const { totalMs = null, clock = systemClock } = options;
  const start = timeoutMs === null ? null : new DeadlineQueue(timeoutMs, clock);
  const total = totalMs === null ? null : new DeadlineQueue(totalMs, clock);
  return function requestTimeout(context, next) {
    if (start !== null) watchStart(context, start, timeoutMs!);
    if (total !== null) watchTotal(context, total, totalMs!);
    return next(context);
  };
}

function watchStart(context: HttpContext, queue: DeadlineQueue, limitMs: number): void {
  const { deadline, stop } = deadlineOf(context, queue, limitMs);
  context.onHead(stop);
  context.onSent(stop); // a client that leaves before gets no head
  queue.add(deadline);
}

function watchTotal(context: HttpContext, queue: DeadlineQueue, limitMs: number): void {
  const { deadline, stop } = deadlineOf(context, queue, limitMs);
  context.onHead((response) => {
    if (response.upgrade !== null) stop();
  });
  context.onSent(stop);
  queue.add(deadline);
}

function deadlineOf(
  context: HttpContext,
  queue: DeadlineQueue,
  limitMs: number,
): { readonly deadline: Deadline; readonly stop: () => void } {
  const expire = (): void => context.abort(requestLimitsError('REQUEST_LIMITS_TIMEOUT', `${limitMs} ms have passed`));
  const deadline: Deadline = { dueAt: 0, expire };
  return { deadline, stop: () => queue.delete(deadline) };
}
