/** The right to do a job, for a time. */
export interface Lease {
  /**
   * Greater than that of every lease with this name before. Who writes somewhere because of a lease sends it along, so that what an earlier holder
   * writes late can be refused (a fencing token).
   */
  readonly token: number;
  /** Who holds it, for people who look. */
  readonly owner: string;
}

/**
 * Gives leases: at most one for each name at a time. Its holder renews it while it works; if it cannot, somebody else gets it after the time. A
 * holder that was stopped for longer than that does not know it: only the token tells.
 */
export interface LeaseStore {
  /** Takes a lease; `null`: somebody has it, this owner included. Rejects if the store cannot be reached. */
  acquire(name: string, owner: string, ttlMs: number): Promise<Lease | null>;
  /** Prolongs a lease to `ttlMs` from now on; false: it is lost. */
  renew(name: string, lease: Lease, ttlMs: number): Promise<boolean>;
  /** Gives a lease back. One that is lost is left alone. */
  release(name: string, lease: Lease): Promise<void>;
  /** Says who holds a lease; `null`: nobody. */
  holder(name: string): Promise<Lease | null>;
}
