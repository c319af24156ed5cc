import type { HttpClient } from '@windhover/http-client';

type TimerWheel = HttpClient['wheel'];

/** Ends a tunnel in which nothing moved for a while. */
export class TunnelIdle {
  private readonly wheel: TimerWheel;
  private readonly idleMs: number;
  private readonly deadline: ReturnType<TimerWheel['createDeadline']>;
  private openSides = 2;

  /** @param passed runs once, when nothing moved for `idleMs` */
  constructor(wheel: TimerWheel, idleMs: number, passed: () => void) {
    this.wheel = wheel;
    this.idleMs = idleMs;
    this.deadline = wheel.createDeadline(passed);
    this.moved();
  }

  /** Bytes were received, or left. */
  moved(): void {
    this.deadline.set(this.idleMs, this.wheel.now);
  }

  /** One side is closed; nothing is left to watch after the second. */
  sideClosed(): void {
    this.openSides -= 1;
    if (this.openSides === 0) this.deadline.dispose();
  }
}
