import type { Clock } from '@windhover/core';

/** Called with the bytes that went through; resolves when as many more may go, `null`: at once. */
export type Pace = (bytes: number) => Promise<void> | null;

/** Lets bytes through at a rate. */
export function createPace(bytesPerSecond: number, clock: Clock): Pace {
  let freeAt = clock.now();
  return (bytes) => {
    const now = clock.now();
    freeAt = Math.max(freeAt, now) + (bytes / bytesPerSecond) * 1000;
    const waitMs = freeAt - now;
    return waitMs < 1 ? null : new Promise((resolve) => void clock.schedule(waitMs, resolve));
  };
}
