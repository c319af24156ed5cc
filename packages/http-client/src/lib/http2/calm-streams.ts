/** How long it takes until a connection may have twice as many streams again. */
const RECOVERY_MS = 30_000;
/** More than any upstream allows by default: without a bound of our own. */
const NO_BOUND = 1000;

/**
 * How many calls a connection to an upstream may have at a time after the upstream has asked for calm (ENHANCE_YOUR_CALM):
 * half of what it had then, and twice as many again after each half a minute of peace.
 */
export class CalmStreams {
  private most = NO_BOUND;
  private since = 0;

  /** The bound now; `Infinity` for none. */
  mostAt(now: number): number {
    if (this.most >= NO_BOUND) return Number.POSITIVE_INFINITY;
    const doublings = Math.max(0, Math.floor((now - this.since) / RECOVERY_MS));
    const most = this.most * 2 ** Math.min(doublings, 10);
    return most >= NO_BOUND ? Number.POSITIVE_INFINITY : most;
  }

  /** @param calls how many calls the connection had at a time that the upstream has ended */
  asked(calls: number, now: number): void {
    this.most = Math.max(1, Math.floor(Math.min(calls, this.mostAt(now)) / 2));
    this.since = now;
  }
}
