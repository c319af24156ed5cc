import type { HttpResponse } from '@windhover/core';
import type { RateDecision, RatePolicy } from './rate-policy.ts';

/** Writes the fields of one limit (draft-ietf-httpapi-ratelimit-headers-10). Several limits are members of one list. */
export class RateLimitFields {
  private readonly policy: string;
  private readonly begin: string;

  /** @param name without quotes and control characters */
  constructor(name: string, { requests, perMs }: RatePolicy) {
    this.policy = `"${name}";q=${requests};w=${Math.max(1, Math.ceil(perMs / 1000))}`; // §3: the quota and its window in seconds
    this.begin = `"${name}";r=`;
  }

  /** §4: how many requests are left, and the seconds until all are available again. */
  add(response: HttpResponse, { remaining, resetMs }: RateDecision): void {
    const limit = `${this.begin}${remaining};t=${Math.ceil(resetMs / 1000)}`;
    // The texts are valid by construction, so that an answer without fields yet need not check them.
    if (!response.hasHeaders)
      response.headers.adopt(['ratelimit-policy', this.policy, 'RateLimit-Policy', 'ratelimit', limit, 'RateLimit']);
    else response.headers.append('RateLimit-Policy', this.policy).append('RateLimit', limit);
  }
}
