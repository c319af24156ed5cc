/** How long a measured count is believed while nobody holds it, in milliseconds: files may change without FTP. */
const believedMs = 60_000;
/** How many counts that nobody holds are remembered. */
const maxUnheld = 10_000;

interface Entry {
  total: number;
  /** What each holder has added; of a measured count, how often each holds it. */
  readonly of: Map<unknown, number>;
  /** `null`: it was not measured, it began with 0. */
  measuredAt: number | null;
  isStale: boolean;
}

/**
 * Counts by key for several holders, such as processes. What a holder has added to a count goes with it when it leaves. A measured count, the bytes
 * of a folder for instance, begins with a value that somebody has found out, and is measured again when nobody has held it for a minute.
 */
export class CountTable {
  private readonly entries = new Map<string, Entry>();

  /** Adds to a count, unless it would be more than `max` then; returns whether it did. */
  add(key: string, amount: number, max: number, holder: unknown): boolean {
    const entry = this.entries.get(key) ?? { total: 0, of: new Map(), measuredAt: null, isStale: false };
    if (entry.total + amount > max) return false;
    entry.total += amount;
    if (entry.measuredAt === null) addTo(entry.of, holder, amount);
    this.entries.set(key, entry);
    return true;
  }

  /** Takes from a count, which is never below 0. One that is not known stays so. */
  remove(key: string, amount: number, holder: unknown): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    entry.total = Math.max(0, entry.total - amount);
    if (entry.measuredAt !== null) return;
    addTo(entry.of, holder, -amount);
    if (entry.total === 0) this.entries.delete(key);
  }

  /** Keeps a measured count. `false`: its value is not known; then `measured` must follow before anything is added. */
  hold(key: string, now: number, holder: unknown): boolean {
    const entry = this.entries.get(key);
    if (entry === undefined || entry.measuredAt === null) return false; // something may have been added before it was measured
    const isOld = entry.isStale || now - entry.measuredAt > believedMs;
    if (entry.of.size === 0 && isOld) {
      this.entries.delete(key);
      return false;
    }
    addTo(entry.of, holder, 1);
    return true;
  }

  /** Tells the value of a count, and holds it. A value that is known already stays: it may have changed since somebody began to measure. */
  measured(key: string, value: number, now: number, holder: unknown): void {
    const known = this.entries.get(key);
    const isKnown = known !== undefined && known.measuredAt !== null;
    const entry: Entry = isKnown ? known : { total: value, of: new Map(), measuredAt: now, isStale: false };
    this.entries.set(key, entry);
    addTo(entry.of, holder, 1);
    this.forgetUnheld();
  }

  /** @param isStale it is measured again as soon as nobody holds it */
  release(key: string, isStale: boolean, holder: unknown): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    addTo(entry.of, holder, -1);
    entry.isStale ||= isStale;
  }

  /** A holder is gone, with all that it has added. */
  leave(holder: unknown): void {
    for (const [key, entry] of this.entries) {
      const added = entry.of.get(holder);
      if (added === undefined) continue;
      entry.of.delete(holder);
      if (entry.measuredAt !== null) entry.isStale = true;
      else entry.total -= added;
      if (entry.measuredAt === null && entry.total <= 0) this.entries.delete(key);
    }
  }

  private forgetUnheld(): void {
    if (this.entries.size <= maxUnheld) return;
    for (const [key, { measuredAt, of }] of this.entries)
      if (measuredAt !== null && of.size === 0) this.entries.delete(key);
  }
}

function addTo(counts: Map<unknown, number>, key: unknown, amount: number): void {
  const left = (counts.get(key) ?? 0) + amount;
  if (left > 0) counts.set(key, left);
  else counts.delete(key);
}
