/** One who waits. */
export interface Waiter<T> {
  readonly value: T;
  before: Waiter<T> | null;
  after: Waiter<T> | null;
  isQueued: boolean;
}

/** A queue whose members may leave from anywhere: a linked list. */
export class WaitQueue<T> {
  size = 0;
  private first: Waiter<T> | null = null;
  private last: Waiter<T> | null = null;

  push(value: T): Waiter<T> {
    const waiter: Waiter<T> = { value, before: this.last, after: null, isQueued: true };
    if (this.last === null) this.first = waiter;
    else this.last.after = waiter;
    this.last = waiter;
    this.size += 1;
    return waiter;
  }

  /** Takes one out. Returns false if it has left already. */
  remove(waiter: Waiter<T>): boolean {
    if (!waiter.isQueued) return false;
    const { before, after } = waiter;
    if (before === null) this.first = after;
    else before.after = after;
    if (after === null) this.last = before;
    else after.before = before;
    waiter.isQueued = false;
    this.size -= 1;
    return true;
  }

  oldest(): Waiter<T> | null {
    return this.first;
  }

  newest(): Waiter<T> | null {
    return this.last;
  }
}
