const FIRST_MS = 100;
/** At the most one connection a second then, and those that were under way. */
const MOST_MS = 1000;
/** Peace that lets it be forgotten. */
const RECOVERY_MS = 30_000;

/**
 * How long no connection is opened to an upstream that asks for calm (ENHANCE_YOUR_CALM) again and again: not at all the
 * first time, then longer and longer. Each call would open four at once otherwise, to an upstream that has too much to do.
 */
export class CalmPause {
  private pauseMs = 0;
  private askedAt = Number.NEGATIVE_INFINITY;

  /** How much of the pause is left, in milliseconds; nothing when the clock has gone back. */
  leftAt(now: number): number {
    return now < this.askedAt ? 0 : Math.max(0, this.askedAt + this.pauseMs - now);
  }

  asked(now: number): void {
    if (this.leftAt(now) > 0) return; // by another connection that was open
    const isAgain = Math.abs(now - this.askedAt) < RECOVERY_MS;
    this.pauseMs = isAgain ? Math.min(Math.max(this.pauseMs * 2, FIRST_MS), MOST_MS) : 0;
    this.askedAt = now;
  }
}
