import type { HttpContext, Middleware } from '@windhover/core';
import type { RateLimitOptions } from './rate-limit-options.ts';
import { RateLimiter } from './rate-limiter.ts';

/**
 * Limits how many requests a client may make in a time. A refused request gets 429 with Retry-After. Throws `RATE_LIMIT_OPTION_INVALID` when
 * it is created.
 */
export function rateLimit(options: RateLimitOptions): Middleware<HttpContext> {
  return new RateLimiter(options).middleware;
}
