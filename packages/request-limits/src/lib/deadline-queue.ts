import type { Clock } from '@windhover/core';

/** Something that ends in time, or is ended. */
export interface Deadline {
  dueAt: number;
  expire(): void;
}

/**
 * Deadlines that are all equally far away. The first added is the first due, so one timer serves all of them, and a
 * request costs no timer.
 */
export class DeadlineQueue {
  /** In the order in which they are due. */
  private readonly waiting = new Set<Deadline>();
  private readonly delayMs: number;
  private readonly clock: Clock;
  private isArmed = false;

  constructor(delayMs: number, clock: Clock) {
    this.delayMs = delayMs;
    this.clock = clock;
  }

  add(deadline: Deadline): void {
    deadline.dueAt = this.clock.now() + this.delayMs;
    this.waiting.add(deadline);
    if (!this.isArmed) this.arm(this.delayMs);
  }

  delete(deadline: Deadline): void {
    this.waiting.delete(deadline);
  }

  private arm(delayMs: number): void {
    this.isArmed = true;
    this.clock.schedule(delayMs, () => this.expireDue());
  }

  private expireDue(): void {
    this.isArmed = false;
    const now = this.clock.now();
    for (const deadline of this.waiting) {
      if (deadline.dueAt > now) {
        if (!this.isArmed) this.arm(deadline.dueAt - now); // `expire` may have added one
        return;
      }
      this.waiting.delete(deadline);
      deadline.expire();
    }
  }
}
