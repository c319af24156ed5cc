import { performance } from 'node:perf_hooks'; // the global one is a getter, which costs more than the call itself
import type { Clock } from '@windhover/core';

const { timeOrigin } = performance;

/** The machine's time. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => timeOrigin + performance.now(),
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
