export { type ConnectionRateOptions, connectionRate } from './lib/connection-rate.ts';
export { type RateLimitErrorCode, rateLimitErrors } from './lib/errors.ts';
export { type KeyOf, keyFunction } from './lib/key-of.ts';
export { createMemoryStore, type MemoryRateLimitStore, type MemoryStoreOptions } from './lib/memory-store.ts';
export { rateLimit } from './lib/rate-limit.ts';
export {
  type RateLimitBy,
  type RateLimitObserver,
  type RateLimitOptions,
  ratePolicy,
} from './lib/rate-limit-options.ts';
export type { RateLimitStore } from './lib/rate-limit-store.ts';
export { RateLimiter } from './lib/rate-limiter.ts';
export type { RateAlgorithm, RateDecision, RatePolicy } from './lib/rate-policy.ts';
export { type CountsBus, type SharedCounts, shareCounts } from './lib/share-counts.ts';
export { throttle } from './lib/throttle.ts';
export type { ThrottleBy, ThrottleObserver, ThrottleOptions } from './lib/throttle-options.ts';
