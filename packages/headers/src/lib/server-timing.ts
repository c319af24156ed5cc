import { type Clock, contextKey, type HttpContext, type Middleware, systemClock } from '@windhover/core';
import { checkOptions, type Rules, trueOrFalse, withFunctions } from '@windhover/options';
import { headersError } from './errors.ts';

/** How `serverTiming` tells times. */
export interface ServerTimingOptions {
  /** Whether the time until the head of the answer is told, as `total`. Default: true. */
  readonly total?: boolean;
  /** Whether the time of the upstream is told, as `upstream`. Default: true. */
  readonly upstream?: boolean;
  /** Default: the system's. */
  readonly clock?: Pick<Clock, 'now'>;
}

const optionRules: Rules<ServerTimingOptions> = {
  total: trueOrFalse,
  upstream: trueOrFalse,
  clock: withFunctions(['now']),
};

/** Set by a proxy. */
const upstreamKey = contextKey<{ readonly startedAt: number; readonly headAt: number | null }>('proxy.upstream');

/**
 * Tells browsers how long an answer took, in `Server-Timing` (W3C Server Timing), beside what the application tells. Times
 * tell strangers something about the inside of a server: name it where that does no harm. Throws
 * `HEADERS_OPTION_INVALID` when it is created.
 */
export function serverTiming(options: ServerTimingOptions = {}): Middleware<HttpContext> {
  checkOptions(options, optionRules, (fault) => headersError('HEADERS_OPTION_INVALID', `serverTiming(): ${fault}`));
  const { total = true, upstream = true, clock = systemClock } = options;
  return function serverTiming(context, next) {
    const startedAt = clock.now();
    context.onHead(({ headers }) => {
      const report = upstream ? context.get(upstreamKey) : undefined;
      if (report !== undefined && report.headAt !== null)
        headers.append('Server-Timing', `upstream;dur=${inMs(report.headAt - report.startedAt)}`);
      if (total) headers.append('Server-Timing', `total;dur=${inMs(clock.now() - startedAt)}`);
    });
    return next(context);
  };
}

function inMs(duration: number): string {
  return Math.max(0, duration).toFixed(1).replace(/\.0$/, '');
}
