import { performance } from 'node:perf_hooks'; // the global one is a getter, which costs more than the time
import type { Clock } from '@windhover/core';

const { timeOrigin } = performance;

/** Node waits 1 ms instead of anything longer, about 25 days. */
const longestMs = 2 ** 31 - 1;

/** The machine's time, never set back while the process runs. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => timeOrigin + performance.now(),
  schedule(delayMs, callback) {
    if (delayMs > longestMs) return scheduleLong(delayMs, callback);
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** One timer after the other; for `Infinity` without an end. */
function scheduleLong(delayMs: number, callback: () => void): () => void {
  let stop = systemClock.schedule(longestMs, () => {
    stop = systemClock.schedule(delayMs - longestMs, callback);
  });
  return () => stop();
}
