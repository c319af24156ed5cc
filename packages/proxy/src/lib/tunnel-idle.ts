import type { HttpClient } from '@windhover/http-client';

type TimerWheel = HttpClient['wheel'];

/** Ends a tunnel in which no byte moves for some time. */
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

  /** Call when bytes were received or have left. */
  moved(): void {
    this.deadline.set(this.idleMs, this.wheel.now);
  }

  /** Call when one side has closed. After the second, the deadline is released. */
  sideClosed(): void {
    this.openSides -= 1;
    if (this.openSides === 0) this.deadline.dispose();
  }
}
