/** When an upstream that fails too often gets no more requests for a while. Envoy's outlier detection, by its numbers. */
export interface EjectOptions {
  /** Failures in a row. Default: 5, as in Envoy. */
  readonly failures?: number;
  /** How long the first ejection lasts; the second lasts twice as long, and so on. Default: 30,000, as in Envoy. */
  readonly forMs?: number;
  /** The longest ejection. Default: 300,000, as in Envoy. */
  readonly maxMs?: number;
  /** At most this share of the upstreams is ejected at a time, but always one. From 0 to 1. Default: 0.1, as in Envoy. */
  readonly maxShare?: number;
}

/** The options with defaults filled in. */
export type ResolvedEjectOptions = Required<EjectOptions>;

export function resolveEjectOptions(options: EjectOptions): ResolvedEjectOptions {
  const { failures = 5, forMs = 30_000, maxMs = 300_000, maxShare = 0.1 } = options;
  return { failures, forMs, maxMs: Math.max(forMs, maxMs), maxShare };
}

/** How many of `count` upstreams may be ejected at a time. */
export function ejectableOf(count: number, maxShare: number): number {
  return Math.max(1, Math.floor(count * maxShare));
}

/** The failures of one upstream. */
export class Ejection {
  /** It gets no requests until this time; 0 if it is not ejected. Milliseconds since the epoch. */
  until = 0;
  private readonly options: ResolvedEjectOptions;
  private inRow = 0;
  private times = 0;

  constructor(options: ResolvedEjectOptions) {
    this.options = options;
  }

  succeeded(): void {
    this.inRow = 0;
  }

  /** Returns whether it should be ejected now. */
  failed(): boolean {
    this.inRow += 1;
    return this.inRow >= this.options.failures;
  }

  /** Each time that passes without an ejection takes back one of the earlier ones. */
  eject(now: number): void {
    const { forMs, maxMs } = this.options;
    if (this.until > 0) this.times = Math.max(0, this.times - Math.floor((now - this.until) / forMs));
    this.times += 1;
    this.inRow = 0;
    this.until = now + Math.min(forMs * this.times, maxMs);
  }

  /** A successful active check ends an ejection, as in Envoy. */
  end(now: number): void {
    if (this.until > now) this.until = now;
    this.inRow = 0;
  }
}
