import type { CallObserver, ClientError, Origin } from '@windhover/http-client';
import type { Candidate } from './balance/balancer.ts';
import { PeakEwma } from './balance/peak-ewma.ts';
import type { CircuitBreaker } from './health/circuit-breaker.ts';
import type { Ejection } from './health/ejection.ts';

/** The calls from an upstream to its group. */
export interface UpstreamOwner {
  answered(upstream: Upstream, status: number): void;
  failed(upstream: Upstream, error: ClientError): void;
  /** It has room for another request. */
  freed(upstream: Upstream): void;
}

/** What one upstream is and does. */
export interface UpstreamSetup {
  /** Tells it apart from other servers, its options included. */
  readonly key: string;
  readonly origin: Origin;
  readonly weight: number;
  /** 0, or 1 for a backup. */
  readonly tier: number;
  readonly maxRequests: number;
  readonly ejection: Ejection | null;
  readonly breaker: CircuitBreaker | null;
}

/** One upstream, and everything that is known of it. */
export class Upstream implements Candidate, CallObserver {
  readonly serverKey: string;
  readonly origin: Origin;
  readonly address: string;
  readonly tier: number;
  fullWeight: number;
  readonly ejection: Ejection | null;
  readonly breaker: CircuitBreaker | null;
  weight: number;
  active = 0;
  /** Attempts that it was given. */
  total = 0;
  /** Answers of 500 and above, and connections that ended without a valid answer. */
  errors = 0;
  /** The moving average of the time until answers begin, in milliseconds; less than 0: there was none. */
  averageMs = -1;
  /** It is passed over until this time; 0 if the last attempt reached it. Milliseconds since the epoch. */
  restsUntil = 0;
  /** Attempts to connect that failed since one succeeded. */
  failures = 0;
  /** The first of the failures that were counted last. */
  firstFailure: ClientError | null = null;
  /** What the active checks say; true without them. */
  isHealthy = true;
  /** Whether it has answered the requests that warm it up; true without them. */
  isWarm = true;
  /** It gets only requests that are bound to it. */
  isDraining: boolean;
  /** It was taken off the list: what it still answers is not counted any more. */
  isGone = false;
  /** Since when it can be used again, for the slow start; 0: it has always been. */
  upSince = 0;
  /** What the group last told about it. */
  wasUp = true;
  private readonly maxRequests: number;
  private readonly owner: UpstreamOwner;
  private readonly latency = new PeakEwma();

  constructor(setup: UpstreamSetup, owner: UpstreamOwner, isDraining: boolean) {
    this.serverKey = setup.key;
    this.origin = setup.origin;
    this.address = setup.origin.key;
    this.tier = setup.tier;
    this.fullWeight = setup.weight;
    this.weight = setup.weight;
    this.maxRequests = setup.maxRequests;
    this.ejection = setup.ejection;
    this.breaker = setup.breaker;
    this.owner = owner;
    this.isDraining = isDraining;
  }

  get isFull(): boolean {
    return this.active >= this.maxRequests;
  }

  latencyMs(now: number): number {
    return this.latency.read(now);
  }

  /** An answer began after `latencyMs`. */
  measured(latencyMs: number, now: number): void {
    this.latency.add(latencyMs, now);
  }

  /** From when on requests may be sent to it; a time in the past if they may be. */
  get availableFrom(): number {
    if (!this.isHealthy || !this.isWarm) return Number.POSITIVE_INFINITY;
    return Math.max(this.restsUntil, this.ejection?.until ?? 0, this.breaker?.openUntil ?? 0);
  }

  /** Whether it works, as far as is known. */
  isUp(now: number): boolean {
    return this.failures === 0 && this.isHealthy && !this.isEjected(now) && this.breaker?.isOpen !== true;
  }

  isEjected(now: number): boolean {
    return this.ejection !== null && this.ejection.until > now;
  }

  callAnswered(status: number): void {
    this.owner.answered(this, status);
  }

  callFailed(error: ClientError): void {
    this.owner.failed(this, error);
  }

  callOver(): void {
    this.active -= 1;
    this.owner.freed(this);
  }
}
