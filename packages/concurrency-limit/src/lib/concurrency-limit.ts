import type { HttpContext, Middleware } from '@windhover/core';
import { createConcurrencyLimiter } from './create-concurrency-limiter.ts';
import type { ConcurrencyLimitOptions } from './limiter-options.ts';

/**
 * Lets `max` requests run at a time. A request takes its place until its response was sent. The next ones wait in a
 * queue; those beyond the queue, and those that wait too long, get 503 with Retry-After. A client that leaves leaves
 * the queue. Throws `CONCURRENCY_LIMIT_OPTION_INVALID` when it is created.
 */
export function concurrencyLimit(max: number, options: ConcurrencyLimitOptions = {}): Middleware<HttpContext> {
  return createConcurrencyLimiter(max, options).middleware;
}
