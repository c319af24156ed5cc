import { type Clock, type HttpContext, systemClock } from '@windhover/core';
import {
  checkOptions,
  milliseconds,
  oneOf,
  type Rule,
  type Rules,
  rule,
  wholeNumber,
  withFunctions,
} from '@windhover/options';
import { optionError } from './errors.ts';

/** Who shares the bandwidth: nobody, the answers to one client or user, all answers, or those with the same key. */
export type ThrottleBy = 'response' | 'client' | 'user' | 'all' | ((context: HttpContext) => string | null);

/** Is told of answers that were held up. */
export interface ThrottleObserver {
  /** An answer has waited so long, in milliseconds, to send its next bytes. */
  waited(ms: number): void;
}

/** Options of `throttle`. */
export interface ThrottleOptions {
  /** How many bytes a second. At least 1024. */
  readonly bytesPerSecond: number;
  /** Who shares them. Default: `response`, each answer has them for itself. */
  readonly by?: ThrottleBy;
  /**
   * Milliseconds whose bytes may be sent at once after a quiet time, so that small answers are not held up. Default: 1000.
   */
  readonly burstMs?: number;
  /** How many leading bits of an IPv6 address are one client. Default: 64. */
  readonly ipv6Bits?: number;
  /** Is told of waits, for metrics. Default: nobody. */
  readonly observer?: ThrottleObserver;
  /** The time and timers. Default: the system's. */
  readonly clock?: Clock;
}

const byNames = oneOf('response', 'client', 'user', 'all');
const byRule: Rule = rule(
  `${byNames.expected} or a function`,
  (value) => typeof value === 'function' || byNames.fault(value, '') === null,
);

const optionRules: Rules<ThrottleOptions> = {
  bytesPerSecond: wholeNumber(1024),
  by: byRule,
  burstMs: milliseconds('from 0 on'),
  ipv6Bits: wholeNumber(1, 128),
  observer: withFunctions(['waited']),
  clock: withFunctions(['now', 'schedule']),
};

/** Options with defaults filled in. */
export type ResolvedThrottle = Required<Omit<ThrottleOptions, 'observer'>> & {
  readonly observer: ThrottleObserver | null;
};

/** Checks the options and fills in the defaults. Throws `RATE_LIMIT_OPTION_INVALID`. */
export function resolveThrottle(options: ThrottleOptions): ResolvedThrottle {
  const fail = (fault: string): Error => optionError(`throttle(): ${fault}`);
  checkOptions(options, optionRules, fail);
  const {
    bytesPerSecond,
    by = 'response',
    burstMs = 1000,
    ipv6Bits = 64,
    observer = null,
    clock = systemClock,
  } = options;
  if (bytesPerSecond === undefined)
    throw fail(`bytesPerSecond: expected ${optionRules.bytesPerSecond.expected}, found nothing`);
  return { bytesPerSecond, by, burstMs, ipv6Bits, observer, clock };
}
