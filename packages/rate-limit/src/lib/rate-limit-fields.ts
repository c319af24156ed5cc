import type { HttpHeaders } from '@windhover/core';
import type { RateDecision, RatePolicy } from './rate-policy.ts';

/** Returns the value of RateLimit-Policy: the name, the quota and its window in seconds (draft-ietf-httpapi-ratelimit-headers-10 §3). */
export function policyField(name: string, { requests, perMs }: RatePolicy): string {
  return `"${name}";q=${requests};w=${Math.max(1, Math.ceil(perMs / 1000))}`;
}

/** Returns the value of RateLimit: how many requests are left, and the seconds until all are available again (§4). */
export function limitField(name: string, { remaining, resetMs }: RateDecision): string {
  return `"${name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`;
}

/** Several limits are members of one list (§3, §4). */
export function addLimitFields(headers: HttpHeaders, policy: string, limit: string): void {
  headers.append('RateLimit-Policy', policy);
  headers.append('RateLimit', limit);
}
