/**
 * Divides a bandwidth among those who want to send: each asks for a time to send its bytes, and gets the next that is free. Pure: the caller
 * waits. Bytes that were not sent may be saved up for `burstMs`, so that small answers and the beginnings of large ones are not held up.
 */
export class Pace {
  private readonly bytesPerMs: number;
  private readonly burstMs: number;
  /** Until when everything is taken. */
  private takenUntil = Number.NEGATIVE_INFINITY;

  constructor(bytesPerSecond: number, burstMs: number) {
    this.bytesPerMs = bytesPerSecond / 1000;
    this.burstMs = burstMs;
  }

  /** Returns how many milliseconds to wait until these bytes may be sent, and takes that time. */
  take(bytes: number, now: number): number {
    const start = Math.max(this.takenUntil, now - this.burstMs);
    this.takenUntil = start + bytes / this.bytesPerMs;
    return Math.max(0, start - now);
  }

  /** Gives time back that was taken for bytes which will not be sent. */
  giveBack(bytes: number): void {
    this.takenUntil -= bytes / this.bytesPerMs;
  }

  /** Whether it is as good as new. */
  isIdle(now: number): boolean {
    return this.takenUntil <= now - this.burstMs;
  }
}
