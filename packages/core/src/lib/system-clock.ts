import type { Clock } from './services.ts';

const { performance } = globalThis; // taken once: the global is a getter, which costs more than the call itself
const { timeOrigin } = performance;

/** The longest delay of a Node timer, about 25 days: for a longer one Node waits 1 ms. */
const longestMs = 2 ** 31 - 1;

/** The machine's time, which never goes back while the process runs. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => timeOrigin + performance.now(),
  schedule(delayMs, callback) {
    if (delayMs > longestMs) return scheduleLong(delayMs, callback);
    const timer = setTimeout(callback, delayMs);
    (timer as { unref?(): void }).unref?.(); // in browsers a timer is a number
    return () => clearTimeout(timer);
  },
};

/** Chains timers; for `Infinity`, endlessly. */
function scheduleLong(delayMs: number, callback: () => void): () => void {
  let stop = systemClock.schedule(longestMs, () => {
    stop = systemClock.schedule(delayMs - longestMs, callback);
  });
  return () => stop();
}
