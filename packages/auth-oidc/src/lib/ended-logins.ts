import { type Clock, systemClock } from '@windhover/core';
import { checkOptions, milliseconds, type Rules, wholeNumber, withFunctions } from '@windhover/options';
import { optionError } from './errors.ts';

/** Remembers logins that were ended from outside. The port for stores that servers share. */
export interface EndedLogins {
  /**
   * Ends the logins with this key whose ID token was issued at that time or before.
   *
   * @param issuedAt in seconds since the epoch
   */
  end(key: string, issuedAt: number): void | Promise<void>;
  /** Returns the `issuedAt` of a key, `null` if nothing was ended. Every request asks, so answer synchronously where you can. */
  endedAt(key: string): number | null | Promise<number | null>;
}

/** Options of `createEndedLogins`. */
export interface EndedLoginsOptions {
  /** How long a logout is remembered. Default: 86,400,000, a day: as long as the oldest session may live. */
  readonly keepMs?: number;
  /** How many are remembered; then the oldest is forgotten. Default: 100,000, about 20 MB. */
  readonly maxEntries?: number;
  /** Default: the system's. */
  readonly clock?: Clock;
}

const optionRules: Rules<EndedLoginsOptions> = {
  keepMs: milliseconds('above 0'),
  maxEntries: wholeNumber(1),
  clock: withFunctions(['now']),
};

/** Remembers ended logins in the memory of this process: other processes do not know them, and a restart forgets them. */
export function createEndedLogins(options: EndedLoginsOptions = {}): EndedLogins {
  checkOptions(options, optionRules, optionError);
  const { keepMs = 86_400_000, maxEntries = 100_000, clock = systemClock } = options;
  const ended = new Map<string, { readonly issuedAt: number; readonly until: number }>();
  return {
    end(key, issuedAt) {
      const before = ended.get(key)?.issuedAt ?? 0;
      ended.delete(key); // so that the order is that of time
      ended.set(key, { issuedAt: Math.max(before, issuedAt), until: clock.now() + keepMs });
      for (const [oldest, { until }] of ended) {
        if (ended.size <= maxEntries && until > clock.now()) break;
        ended.delete(oldest);
      }
    },
    endedAt(key) {
      const entry = ended.get(key);
      return entry === undefined || entry.until <= clock.now() ? null : entry.issuedAt;
    },
  };
}
