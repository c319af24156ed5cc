/** When requests to an upstream are refused at once, because most of them fail anyway. */
export interface BreakerOptions {
  /** The share of failed requests at which it opens, above 0, up to 1. Default: 0.5. */
  readonly errorShare?: number;
  /** Fewer requests in `windowMs` open nothing. Default: 20. */
  readonly minRequests?: number;
  /** The time over which requests are counted. Default: 10,000. */
  readonly windowMs?: number;
  /** How long it stays open; then one request tries the upstream. Default: 10,000, as in Traefik. */
  readonly openMs?: number;
}

export type ResolvedBreakerOptions = Required<BreakerOptions>;

export function resolveBreakerOptions(options: BreakerOptions): ResolvedBreakerOptions {
  const { errorShare = 0.5, minRequests = 20, windowMs = 10_000, openMs = 10_000 } = options;
  return { errorShare, minRequests, windowMs, openMs };
}

/** A window is counted in this many parts, so that it moves on in steps. */
const parts = 10;

/**
 * The circuit breaker of one upstream: closed, then open for a while, then one request decides whether it closes or
 * stays open.
 */
export class CircuitBreaker {
  /** Requests are refused until this time; 0 while it is closed. Milliseconds since the epoch. */
  openUntil = 0;
  private readonly options: ResolvedBreakerOptions;
  private readonly requests = new Uint32Array(parts);
  private readonly errors = new Uint32Array(parts);
  private part = 0;

  constructor(options: ResolvedBreakerOptions) {
    this.options = options;
  }

  /** Whether it waits for the request that decides. */
  get isOpen(): boolean {
    return this.openUntil > 0;
  }

  /** A request goes out while it is open: others are refused until that one is answered. */
  probe(now: number): void {
    this.openUntil = now + this.options.openMs;
  }

  /** Counts a request. Returns whether the breaker has opened or closed by it. */
  count(hasFailed: boolean, now: number): boolean {
    if (this.isOpen) return this.decide(hasFailed, now);
    this.moveTo(now);
    const slot = this.part % parts;
    this.requests[slot]! += 1;
    if (!hasFailed) return false;
    this.errors[slot]! += 1;
    const { errorShare, minRequests, openMs } = this.options;
    const requests = sum(this.requests);
    if (requests < minRequests || sum(this.errors) < requests * errorShare) return false;
    this.openUntil = now + openMs;
    return true;
  }

  private decide(hasFailed: boolean, now: number): boolean {
    if (hasFailed) {
      this.openUntil = now + this.options.openMs;
      return false;
    }
    this.openUntil = 0;
    this.requests.fill(0);
    this.errors.fill(0);
    return true;
  }

  private moveTo(now: number): void {
    const part = Math.floor((now * parts) / this.options.windowMs);
    for (let gone = Math.max(this.part + 1, part - parts + 1); gone <= part; gone++) {
      this.requests[gone % parts] = 0;
      this.errors[gone % parts] = 0;
    }
    this.part = Math.max(this.part, part);
  }
}

function sum(counts: Uint32Array): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
