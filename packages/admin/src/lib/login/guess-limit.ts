/** Of how many clients and users failures are remembered. */
const maxKeys = 10_000;
/** Failures are forgotten after so long without another one, in milliseconds. */
const forgetMs = 15 * 60_000;

/** How failures slow somebody down. */
export interface GuessRule {
  /** Failures that cost nothing. */
  readonly free: number;
  /** The longest wait, in milliseconds: a stranger must not be able to keep a user out. */
  readonly maxWaitMs: number;
}

interface Failures {
  readonly count: number;
  readonly last: number;
  readonly until: number;
}

/** Makes guesses slow: after some failures each further one doubles the wait before the next try. */
export class GuessLimit {
  private readonly rule: GuessRule;
  private readonly failures = new Map<string, Failures>();

  constructor(rule: GuessRule) {
    this.rule = rule;
  }

  /** How long the next try has to wait, in milliseconds. */
  wait(key: string, now: number): number {
    return Math.max(0, (this.failures.get(key)?.until ?? 0) - now);
  }

  /**
   * Notes a failure. Called before the password is checked, so that guesses at the same time count too; returns a function that takes it
   * back.
   */
  fail(key: string, now: number): () => void {
    const before = this.failures.get(key);
    const count = before === undefined || now - before.last > forgetMs ? 1 : before.count + 1;
    const steps = count - this.rule.free;
    const waitMs = steps <= 0 ? 0 : Math.min(this.rule.maxWaitMs, 1000 * 2 ** Math.min(steps - 1, 20));
    this.failures.delete(key);
    this.failures.set(key, { count, last: now, until: now + waitMs });
    if (this.failures.size > maxKeys) this.failures.delete(this.failures.keys().next().value!); // the oldest
    return () => {
      if (before === undefined) this.failures.delete(key);
      else this.failures.set(key, before);
    };
  }

  succeed(key: string): void {
    this.failures.delete(key);
  }
}
