import type { PoolSettings } from './pool-settings.ts';

/** Counts failures, and says how long to wait before the next attempt. */
export class FailureCount {
  private times: number[] = [];
  private inARow = 0;

  /** Whether the last instance that ended had failed, and nothing has begun anew since. */
  get isFailing(): boolean {
    return this.inARow > 0;
  }

  reset(): void {
    this.times = [];
    this.inARow = 0;
  }

  /** An instance was ready for long enough. */
  succeeded(): void {
    this.inARow = 0;
  }

  /** Returns the wait before the next attempt, or `null` if there should be none. */
  add(now: number, { rapidFail, backoff }: Pick<PoolSettings, 'rapidFail' | 'backoff'>): number | null {
    this.inARow += 1;
    if (rapidFail !== null) {
      this.times = [...this.times.filter((time) => time > now - rapidFail.withinMs), now];
      if (this.times.length >= rapidFail.failures) return null;
    }
    return Math.min(backoff.maxMs, backoff.initialMs * 2 ** (this.inARow - 1));
  }
}
