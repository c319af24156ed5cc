export { concurrencyLimit } from './lib/concurrency-limit.ts';
export { type ConcurrencyLimiter, createConcurrencyLimiter } from './lib/create-concurrency-limiter.ts';
export { type ConcurrencyLimitErrorCode, concurrencyLimitErrors } from './lib/errors.ts';
export type { ConcurrencyLimitOptions, ConcurrencyLimits, ConcurrencyObserver } from './lib/limiter-options.ts';
