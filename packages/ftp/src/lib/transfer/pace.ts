import type { Clock } from '@windhover/core';

/** Lets bytes through at a rate: resolves when as many more may go. */
export function createPace(bytesPerSecond: number | null, clock: Clock): (bytes: number) => Promise<void> | null {
  if (bytesPerSecond === null) return () => null;
  let freeAt = clock.now();
  return (bytes) => {
    const now = clock.now();
    freeAt = Math.max(freeAt, now) + (bytes / bytesPerSecond) * 1000;
    const waitMs = freeAt - now;
    return waitMs < 1 ? null : new Promise((resolve) => void clock.schedule(waitMs, resolve));
  };
}
