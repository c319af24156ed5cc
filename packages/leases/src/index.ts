export { type LeaseErrorCode, leaseErrors } from './lib/errors.ts';
export type { Lease, LeaseStore } from './lib/lease-store.ts';
export { createMemoryLeases, type MemoryLeasesOptions } from './lib/memory-leases.ts';
export { type Held, type WithLeaseOptions, withLease } from './lib/with-lease.ts';
