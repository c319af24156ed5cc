import type { Clock } from '@windhover/core/feature';

/** Work that goes on after the answer it belongs to. */
export class TrackedWork {
  private readonly pending = new Map<Promise<unknown>, string>();

  add(work: Promise<unknown>, what: string): void {
    const forget = (): void => void this.pending.delete(work);
    this.pending.set(work, what);
    work.then(forget, forget);
  }

  /** Resolves when nothing is left, or `deadlineMs` have passed: then to what was not done. */
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
