import type { Clock } from '@windhover/core';

const { timeOrigin } = performance;

/** The machine's time, never set back while the process runs. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => timeOrigin + performance.now(),
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
