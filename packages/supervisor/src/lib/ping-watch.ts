/** How soon a hanging worker is detected. Milliseconds. */
export interface PingOptions {
  /** From an answer to the next ping. Default: 30,000, as in IIS. At least 100. */
  readonly intervalMs?: number;
  /**
   * A worker that has not answered a ping for this long is killed and replaced. Default: 90,000, as in IIS. At least
   * 100; may be less than the interval.
   */
  readonly timeoutMs?: number;
}

/** Ping options with defaults filled in. */
export type PingTimes = Required<PingOptions>;

/** Pings are sent, and workers given up, on ticks; this many ticks make up the shorter of the two times. */
const ticksPerTime = 10;

/** The length of a tick, in milliseconds. */
export function pingTickMs({ intervalMs, timeoutMs }: PingTimes): number {
  return Math.ceil(Math.min(intervalMs, timeoutMs) / ticksPerTime);
}

/**
 * Decides when to ping a worker and when to give it up. Time is counted in ticks, and a late tick still counts as one,
 * so no time passes while the supervisor itself is stopped or the machine sleeps.
 */
export class PingWatch {
  readonly #intervalTicks: number;
  readonly #timeoutTicks: number;
  #ticks = 0;
  #isAsked = false;

  constructor(times: PingTimes) {
    const tickMs = pingTickMs(times);
    this.#intervalTicks = Math.ceil(times.intervalMs / tickMs);
    this.#timeoutTicks = Math.ceil(times.timeoutMs / tickMs);
  }

  /** Counts one more tick. */
  tick(): 'wait' | 'ask' | 'give-up' {
    this.#ticks += 1;
    if (this.#isAsked) return this.#ticks >= this.#timeoutTicks ? 'give-up' : 'wait';
    if (this.#ticks < this.#intervalTicks) return 'wait';
    this.#ticks = 0;
    this.#isAsked = true;
    return 'ask';
  }

  /** Whether a ping waits for its answer. */
  get isWaiting(): boolean {
    return this.#isAsked;
  }

  /** Call when the worker has answered. */
  answered(): void {
    if (!this.#isAsked) return;
    this.#ticks = 0;
    this.#isAsked = false;
  }
}
