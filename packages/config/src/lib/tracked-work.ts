import type { Clock } from '@windhover/core/feature';

/** Work that continues after its answer. */
export class TrackedWork {
  private readonly pending = new Map<Promise<unknown>, string>();

  add(work: Promise<unknown>, what: string): void {
    const forget = (): void => void this.pending.delete(work);
    this.pending.set(work, what);
    work.then(forget, forget);
  }

  /** Resolves when no work is left or `deadlineMs` have passed. Returns the names of the unfinished work. */
  async settle(deadlineMs: number, clock: Clock): Promise<readonly string[]> {
    let cancel = (): void => undefined;
    const late = new Promise<'late'>((resolve) => {
      cancel = clock.schedule(deadlineMs, () => resolve('late'));
    });
    try {
      while (this.pending.size > 0) {
        const settled = Promise.allSettled(this.pending.keys());
        if ((await Promise.race([settled, late])) === 'late') break;
      }
    } finally {
      cancel();
    }
    return [...this.pending.values()];
  }
}
