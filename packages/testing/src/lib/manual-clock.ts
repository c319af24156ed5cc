import type { Clock } from '@windhover/core';

/** A clock that stands still until it is turned. */
export interface ManualClock extends Clock {
  /** Turns it forward and runs what falls due on the way, in order of time; what callbacks schedule meanwhile too. */
  advance(ms: number): void;
  /** How many callbacks wait. */
  readonly pending: number;
}

export interface ManualClockOptions {
  /** Milliseconds since the epoch to begin with. Default: 0. */
  readonly now?: number;
}

interface Timer {
  readonly dueAt: number;
  readonly callback: () => void;
}

/** Makes a clock for tests of deadlines, expiry and rates: no test waits for real time. */
export function createManualClock(options: ManualClockOptions = {}): ManualClock {
  let now = options.now ?? 0;
  const timers = new Set<Timer>();
  return {
    now: () => now,
    schedule(delayMs, callback) {
      const timer = { dueAt: now + Math.max(0, delayMs), callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(ms) {
      const until = now + ms;
      for (let timer = earliest(timers, until); timer !== null; timer = earliest(timers, until)) {
        timers.delete(timer);
        now = timer.dueAt;
        timer.callback();
      }
      now = until;
    },
    get pending() {
      return timers.size;
    },
  };
}

/** The first of those that are due by `until`; of two at the same time, the one scheduled first. */
function earliest(timers: ReadonlySet<Timer>, until: number): Timer | null {
  let first: Timer | null = null;
  for (const timer of timers) {
    if (timer.dueAt <= until && (first === null || timer.dueAt < first.dueAt)) first = timer;
  }
  return first;
}
