import { parseAge } from './age.ts';
import type { CacheControl } from './cache-control.ts';
import { parseHttpDate } from './http-date.ts';

/** What a cache knows about a response it stored. */
export interface StoredResponseFacts {
  readonly cacheControl: CacheControl;
  /** The Expires value. Default: absent. */
  readonly expires?: string | undefined;
  /** The Date value. Default: `responseTimeMs`. */
  readonly date?: string | undefined;
  /** The Age value. Default: 0. */
  readonly age?: string | undefined;
  /** When the request was sent. */
  readonly requestTimeMs: number;
  /** When the response arrived. */
  readonly responseTimeMs: number;
}

/** Options of `freshnessLifetime`. */
export interface FreshnessLifetimeOptions {
  /** Whether the cache serves several users, which s-maxage addresses. Default: true. */
  readonly shared?: boolean;
}

/**
 * Seconds for which a response is fresh (RFC 9111 §4.2.1): s-maxage, else max-age, else Expires minus Date.
 * An unreadable Expires means 0. Null when the response says nothing, where a cache may apply a heuristic (§4.2.2).
 */
export function freshnessLifetime(facts: StoredResponseFacts, options: FreshnessLifetimeOptions = {}): number | null {
  const { sMaxageSeconds, maxAgeSeconds } = facts.cacheControl;
  if (options.shared !== false && sMaxageSeconds !== undefined) return sMaxageSeconds;
  if (maxAgeSeconds !== undefined) return maxAgeSeconds;
  if (facts.expires === undefined) return null;
  const expiresMs = parseHttpDate(facts.expires, { nowMs: facts.responseTimeMs });
  return expiresMs === null ? 0 : Math.max(0, Math.floor((expiresMs - dateMs(facts)) / 1000));
}

/** Seconds since the response was made or last validated at its origin (RFC 9111 §4.2.3); fresh while below the lifetime. */
export function currentAge(facts: StoredResponseFacts, nowMs: number): number {
  const apparentAgeMs = Math.max(0, facts.responseTimeMs - dateMs(facts));
  const ageValueMs = (facts.age === undefined ? 0 : (parseAge(facts.age) ?? 0)) * 1000;
  const correctedAgeMs = ageValueMs + Math.max(0, facts.responseTimeMs - facts.requestTimeMs);
  const residentMs = Math.max(0, nowMs - facts.responseTimeMs);
  return Math.floor((Math.max(apparentAgeMs, correctedAgeMs) + residentMs) / 1000);
}

function dateMs(facts: StoredResponseFacts): number {
  const parsed = facts.date === undefined ? null : parseHttpDate(facts.date, { nowMs: facts.responseTimeMs });
  return parsed ?? facts.responseTimeMs;
}
