/**
 * Checks whether bytes move at a minimum rate. Only the time in which somebody waits for them counts. The rate is
 * judged in windows: a short stall ends nothing, and a fast start gives no credit for a later stall.
 */
export class RateWatch {
  private readonly bytesPerSecond: number;
  private readonly windowMs: number;
  private waitedMs = 0;
  private waitingSince: number | null = null;
  private bytesBefore: number;

  /** @param bytes the count so far */
  constructor(bytesPerSecond: number, windowMs: number, bytes: number) {
    this.bytesPerSecond = bytesPerSecond;
    this.windowMs = windowMs;
    this.bytesBefore = bytes;
  }

  /** Somebody waits from now on. Returns the milliseconds until the window is full. */
  start(now: number): number {
    this.waitingSince ??= now;
    return this.windowMs - this.waitedMs;
  }

  /** Nobody waits any more. */
  stop(now: number): void {
    if (this.waitingSince !== null) this.waitedMs += Math.max(0, now - this.waitingSince);
    this.waitingSince = null;
  }

  /** Whether at least half of a window has passed, and too little has moved in it. */
  isBehind(now: number, bytes: number): boolean {
    const waitedMs = this.waitedMs + (this.waitingSince === null ? 0 : now - this.waitingSince);
    return waitedMs * 2 >= this.windowMs && (bytes - this.bytesBefore) * 1000 < this.bytesPerSecond * waitedMs;
  }

  /** Judges a full window, and begins the next. `bytes` is the count since the beginning. */
  isTooSlow(now: number, bytes: number): boolean {
    this.stop(now);
    this.start(now);
    const { waitedMs } = this;
    if (waitedMs < this.windowMs) return false;
    const moved = bytes - this.bytesBefore;
    this.waitedMs = 0;
    this.bytesBefore = bytes;
    return moved * 1000 < this.bytesPerSecond * waitedMs;
  }
}
