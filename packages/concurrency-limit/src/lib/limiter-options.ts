import type { Clock } from '@windhover/core';
import { checkOptions, milliseconds, orNull, type Rules, wholeNumber, withFunctions } from '@windhover/options';
import { optionError } from './errors.ts';

/** What may change while a limiter is in use. */
export interface ConcurrencyLimits {
  /** How many requests may wait for a place. Default: as many as run, so that a wait is about one request long. */
  readonly queue?: number;
  /**
   * Milliseconds that a request may wait; `null`: no limit. Default: 5000, about as long as a person waits for a page
   * before trying again.
   */
  readonly queueTimeoutMs?: number | null;
  /** Milliseconds after which a refused client may try again, sent as Retry-After in whole seconds. Default: 1000. */
  readonly retryAfterMs?: number;
}

/** Options of `createConcurrencyLimiter` and `concurrencyLimit`. */
export interface ConcurrencyLimitOptions extends ConcurrencyLimits {
  /** Told about requests that wait and requests that are refused. Default: nobody. */
  readonly observer?: ConcurrencyObserver;
  /** The time and timers. Default: the system's. */
  readonly clock?: Clock;
}

/** Told about requests that do not run at once. */
export interface ConcurrencyObserver {
  /** The number of waiting requests has changed. */
  waiting(count: number): void;
  /** A request was refused because the queue is full, or because it waited too long. */
  refused(why: 'full' | 'timeout'): void;
}

/** The limits in use. */
export interface ResolvedLimits {
  readonly max: number;
  readonly queue: number;
  readonly queueTimeoutMs: number | null;
  /** The value of Retry-After. */
  readonly retryAfter: string;
}

const optionRules: Rules<ConcurrencyLimitOptions> = {
  queue: wholeNumber(0),
  queueTimeoutMs: orNull(milliseconds('above 0')),
  retryAfterMs: milliseconds('from 0 on'),
  observer: withFunctions(['waiting', 'refused']),
  clock: withFunctions(['now', 'schedule']),
};
const maxRule = wholeNumber(1);

/** Checks the limits and fills in the defaults. Throws `CONCURRENCY_LIMIT_OPTION_INVALID`. */
export function resolveLimits(max: number, options: ConcurrencyLimitOptions): ResolvedLimits {
  const fault = maxRule.fault(max, 'max');
  if (fault !== null) throw optionError(fault);
  checkOptions(options, optionRules, optionError);
  const { queue = max, queueTimeoutMs = 5000, retryAfterMs = 1000 } = options;
  return { max, queue, queueTimeoutMs, retryAfter: String(Math.ceil(retryAfterMs / 1000)) };
}
