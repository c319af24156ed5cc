import type { Clock, HttpContext } from '@windhover/core';
import {
  anyFunction,
  checkOptions,
  milliseconds,
  oneOf,
  orNull,
  type Rules,
  trueOrFalse,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
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
  /**
   * Who gets the next free place. `newest-first`: the one who came last, and a full queue refuses the one who has waited longest; under
   * overload more requests are answered whose clients still wait. Default: `oldest-first`.
   */
  readonly order?: 'oldest-first' | 'newest-first';
  /** What refused requests get: `answer`, or `drop` to close the connection without an answer. Default: `answer`. */
  readonly refuse?: 'answer' | 'drop';
  /** The status of a refusal, 400 to 599. Default: 503; use 429 for a limit `by` client. */
  readonly status?: number;
  /** Whether requests above the limit are only counted, and run. Default: false. */
  readonly dryRun?: boolean;
}

/** Options of `createConcurrencyLimiter` and `concurrencyLimit`. */
export interface ConcurrencyLimitOptions extends ConcurrencyLimits {
  /**
   * What is counted together: a function that returns a key, for instance of the client; `null` is not limited. Each key has `max` places and
   * a queue of its own. Default: all requests.
   */
  readonly by?: (context: HttpContext) => string | null;
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
  readonly order: 'oldest-first' | 'newest-first';
  readonly refuse: 'answer' | 'drop';
  readonly status: number;
  readonly dryRun: boolean;
}

const optionRules: Rules<ConcurrencyLimitOptions> = {
  queue: wholeNumber(0),
  queueTimeoutMs: orNull(milliseconds('above 0')),
  retryAfterMs: milliseconds('from 0 on'),
  order: oneOf('oldest-first', 'newest-first'),
  refuse: oneOf('answer', 'drop'),
  status: wholeNumber(400, 599),
  dryRun: trueOrFalse,
  by: anyFunction,
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
  const { order = 'oldest-first', refuse = 'answer', status = 503, dryRun = false } = options;
  const retryAfter = String(Math.ceil(retryAfterMs / 1000));
  return { max, queue, queueTimeoutMs, retryAfter, order, refuse, status, dryRun };
}
