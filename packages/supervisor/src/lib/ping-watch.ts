/** Whether workers that hang are noticed, and how soon. Milliseconds. */
export interface PingOptions {
  /** Between an answer and the next question. Default: 30,000, as in IIS. At least 100. */
  readonly intervalMs?: number;
  /** A worker that has not answered a question for so long is killed and replaced. Default: 90,000, as in IIS. At least 100, also less than the interval. */
  readonly timeoutMs?: number;
}

/** With every default in its place. */
export type PingTimes = Required<PingOptions>;

/** A worker is asked, and given up, at a tick: this many make up the shorter of both times. */
const ticksPerTime = 10;

/** How long a tick is. */
export function pingTickMs({ intervalMs, timeoutMs }: PingTimes): number {
  return Math.ceil(Math.min(intervalMs, timeoutMs) / ticksPerTime);
}

/**
 * Decides when a worker is asked whether it lives, and when it is given up. Time is counted in ticks, and a tick is one however late it comes: while
 * the supervisor itself is stopped, or the machine sleeps, no time passes.
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

  /** One more tick is over. */
  tick(): 'wait' | 'ask' | 'give-up' {
    this.#ticks += 1;
    if (this.#isAsked) return this.#ticks >= this.#timeoutTicks ? 'give-up' : 'wait';
    if (this.#ticks < this.#intervalTicks) return 'wait';
    this.#ticks = 0;
    this.#isAsked = true;
    return 'ask';
  }

  /** It lives. */
  answered(): void {
    if (!this.#isAsked) return;
    this.#ticks = 0;
    this.#isAsked = false;
  }
}
