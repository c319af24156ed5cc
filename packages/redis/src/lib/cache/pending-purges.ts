import type { PurgeSelector } from '@windhover/cache';

/** So many purges are remembered one by one. More are remembered as one of everything. */
const maxPending = 100;

/** Purges that Redis has not heard of yet, because it could not be reached. */
export class PendingPurges {
  private purges: { readonly selector: PurgeSelector; readonly soft: boolean }[] = [];
  private readonly purge: (selector: PurgeSelector, soft: boolean) => Promise<unknown>;
  private flushing: Promise<void> | null = null;

  constructor(purge: (selector: PurgeSelector, soft: boolean) => Promise<unknown>) {
    this.purge = purge;
  }

  get size(): number {
    return this.purges.length;
  }

  add(selector: PurgeSelector, soft: boolean): void {
    if (this.purges.length >= maxPending) this.purges = [{ selector: { all: true }, soft: false }];
    else this.purges.push({ selector, soft });
  }

  /** Tells Redis of them, in their order. Rejects if it still cannot be reached. */
  flush(): Promise<void> {
    this.flushing ??= this.flushAll().finally(() => {
      this.flushing = null;
    });
    return this.flushing;
  }

  private async flushAll(): Promise<void> {
    for (let first = this.purges[0]; first !== undefined; first = this.purges[0]) {
      await this.purge(first.selector, first.soft);
      if (this.purges[0] === first) this.purges.shift(); // else they have become one of everything
    }
  }
}
