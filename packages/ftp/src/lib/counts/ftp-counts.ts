import { type Clock, systemClock } from '@windhover/core';
import { CountTable } from './count-table.ts';

/** Counts of a server: sessions, and the bytes of quotas. Several processes that serve the same share one. */
export interface FtpCounts {
  /** Adds to a count, unless it would be more than `max` then; resolves with whether it did. */
  add(key: string, amount: number, max: number): boolean | Promise<boolean>;
  /** Takes from a count; it is never below 0. */
  remove(key: string, amount: number): void;
  /** Keeps a count that begins with what `measure` finds out, which is asked only if nobody knows. Rejects with its error. */
  hold(key: string, measure: () => Promise<number>): Promise<void>;
  /** Ends one `hold`. `isStale`: the count may be wrong, and is measured again as soon as nobody holds it. */
  release(key: string, isStale: boolean): void;
}

/** What the processes of a server tell each other. */
export interface FtpSharing {
  /** Stands before the keys of sessions: servers with different names count theirs apart. */
  readonly name: string;
  readonly counts: FtpCounts;
  /** Tells the other processes of a login that failed. Default: there are none. */
  readonly tellFailure?: (address: string) => void;
  /** Calls `listener` for each login that failed in another process. */
  readonly onFailure?: (listener: (address: string) => void) => void;
}

/** Counts of this process alone, for one or several servers. */
export function createLocalCounts(clock: Pick<Clock, 'now'> = systemClock): FtpCounts {
  const table = new CountTable();
  const self = 'self';
  return {
    add: (key, amount, max) => table.add(key, amount, max, self),
    remove: (key, amount) => table.remove(key, amount, self),
    async hold(key, measure) {
      if (!table.hold(key, clock.now(), self)) table.measured(key, await measure(), clock.now(), self);
    },
    release: (key, isStale) => table.release(key, isStale, self),
  };
}
