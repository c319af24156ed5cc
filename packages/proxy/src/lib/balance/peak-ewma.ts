/** After this time an old measurement counts for a third. 10 s, as in Finagle. */
const decayMs = 10_000;

/**
 * The average time of answers, in which recent ones count more. A slower answer counts at once, a faster one only in
 * time: so an upstream that begins to stall is avoided at its first slow answer.
 */
export class PeakEwma {
  private value = 0;
  private at = 0;

  /** An answer took `latencyMs`. */
  add(latencyMs: number, now: number): void {
    const weight = Math.exp(-Math.max(0, now - this.at) / decayMs);
    const isPeak = latencyMs > this.value;
    this.value = isPeak ? latencyMs : this.value * weight + latencyMs * (1 - weight);
    this.at = now;
  }

  /** The average now; without answers it sinks, so that a slow upstream gets another chance. 0 if nothing is known. */
  read(now: number): number {
    return this.value === 0 ? 0 : this.value * Math.exp(-Math.max(0, now - this.at) / decayMs);
  }
}
