/** Each bound is a tenth above the one before, so a value read from it is off by a twentieth at most. */
const growth = 1.1;
const firstMs = 0.1;
/** The last bound is 2.5 minutes: what takes longer is as bad. */
const bucketCount = 155;

/** The upper bounds of the buckets of every `DurationHistogram`, in milliseconds. */
export const durationBounds: readonly number[] = Array.from(
  { length: bucketCount },
  (_, index) => firstMs * growth ** index,
);

/** Counts durations of one process finely enough for percentiles, in a kilobyte. */
export class DurationHistogram {
  private readonly counts = new Uint32Array(bucketCount + 1);

  /** Counts a duration in milliseconds. */
  add(ms: number): void {
    const index = ms <= firstMs ? 0 : Math.ceil(Math.log(ms / firstMs) / Math.log(growth) - 1e-9);
    this.counts[Math.min(index, bucketCount)]! += 1;
  }

  /** How many took up to each bound, and finally all of them. */
  get cumulative(): readonly number[] {
    let total = 0;
    return Array.from(this.counts, (count) => (total += count));
  }
}
