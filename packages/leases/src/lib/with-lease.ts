import { type Clock, systemClock } from '@windhover/core';
import { checkOptions, milliseconds, type Rules, rule, withFunctions } from '@windhover/options';
import { leaseError } from './errors.ts';
import type { Lease, LeaseStore } from './lease-store.ts';

/** Options of `withLease`. */
export interface WithLeaseOptions {
  /** Who works, for people who look: the name of the server, for instance. Default: `windhover`. */
  readonly owner?: string;
  /** How long others wait when this process has died. It is renewed three times in that time. Default: 30,000. */
  readonly ttlMs?: number;
  /** The time and timers. Default: the system's. */
  readonly clock?: Clock;
}

/** What came of it: what the work returned, or that somebody else has the lease. */
export type Held<T> = { readonly isHeld: true; readonly value: T } | { readonly isHeld: false };

const rules: Rules<WithLeaseOptions> = {
  owner: rule('a text', (value) => typeof value === 'string'),
  ttlMs: milliseconds('above 0'),
  clock: withFunctions(['now', 'schedule']),
};

/**
 * Does some work if nobody else does it, and holds the lease meanwhile. The signal aborts when the lease is lost: the work must stop then, because
 * somebody else may begin. Rejects with the error of the work, or of the store, and with `LEASE_LOST` if the lease was lost although the work
 * ended well. Throws `LEASE_OPTION_INVALID`.
 */
export async function withLease<T>(
  store: LeaseStore,
  name: string,
  work: (lease: Lease, signal: AbortSignal) => T | Promise<T>,
  options: WithLeaseOptions = {},
): Promise<Held<T>> {
  checkOptions(options, rules, (fault) => leaseError('LEASE_OPTION_INVALID', fault));
  const { owner = 'windhover', ttlMs = 30_000, clock = systemClock } = options;
  const askedAtMs = clock.now();
  const lease = await store.acquire(name, owner, ttlMs);
  if (lease === null) return { isHeld: false };
  const renewal = new Renewal(store, name, lease, ttlMs, clock, askedAtMs);
  try {
    const value = await work(lease, renewal.signal);
    renewal.signal.throwIfAborted();
    return { isHeld: true, value };
  } finally {
    renewal.end();
    await store.release(name, lease).catch(endsByItself);
  }
}

/** A lease that cannot be given back is over after its time. */
const endsByItself = (): undefined => undefined;

/** Renews a lease every third of its time. A store that fails is asked again until the time is over. */
class Renewal {
  private readonly lost = new AbortController();
  private readonly store: LeaseStore;
  private readonly name: string;
  private readonly lease: Lease;
  private readonly ttlMs: number;
  private readonly clock: Clock;
  private endsAtMs: number;
  private isOver = false;
  private cancel: () => void;

  constructor(store: LeaseStore, name: string, lease: Lease, ttlMs: number, clock: Clock, askedAtMs: number) {
    this.store = store;
    this.name = name;
    this.lease = lease;
    this.ttlMs = ttlMs;
    this.clock = clock;
    this.endsAtMs = askedAtMs + ttlMs;
    this.cancel = clock.schedule(ttlMs / 3, () => this.renew());
  }

  get signal(): AbortSignal {
    return this.lost.signal;
  }

  end(): void {
    this.isOver = true;
    this.cancel();
  }

  private renew(): void {
    const now = this.clock.now();
    if (now >= this.endsAtMs) {
      this.lose();
      return;
    }
    // An answer that comes too late, or never, changes nothing.
    this.cancel = this.clock.schedule(Math.min(this.ttlMs / 3, this.endsAtMs - now), () => this.renew());
    this.store.renew(this.name, this.lease, this.ttlMs).then(
      (isHeld) => {
        if (this.isOver) return;
        if (isHeld) this.endsAtMs = Math.max(this.endsAtMs, now + this.ttlMs);
        else this.lose();
      },
      () => undefined, // asked again in a third of the time
    );
  }

  private lose(): void {
    this.end();
    this.lost.abort(leaseError('LEASE_LOST', this.name));
  }
}
