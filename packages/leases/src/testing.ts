export { type LeaseStoreRule, leaseStoreRules, type OpenLeaseStore } from './lib/lease-store-rules.ts';
