import type { Clock } from '@windhover/core';

/** A clock that moves only when you advance it. */
export interface ManualClock extends Clock {
  /** Moves it forward and runs the callbacks that become due, in order of time, including those scheduled meanwhile. */
  advance(ms: number): void;
  /** Number of waiting callbacks. */
  readonly pending: number;
}

export interface ManualClockOptions {
  /** Start time, milliseconds since the epoch. Default: 0. */
  readonly now?: number;
}

interface Timer {
  readonly dueAt: number;
  readonly callback: () => void;
}

/** Creates a clock for tests of deadlines, expiry and rates, so that no test waits in real time. */
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

/** The first callback due by `until`; of two at the same time, the one scheduled first. */
function earliest(timers: ReadonlySet<Timer>, until: number): Timer | null {
  let first: Timer | null = null;
  for (const timer of timers) {
    if (timer.dueAt <= until && (first === null || timer.dueAt < first.dueAt)) first = timer;
  }
  return first;
}
