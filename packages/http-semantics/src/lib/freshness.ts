import { parseAge } from './age.ts';
import type { CacheControl } from './cache-control.ts';
import { parseHttpDate } from './http-date.ts';

/** The facts of a stored response that decide its freshness. */
export interface StoredResponseFacts {
  readonly cacheControl: CacheControl;
  /** The Expires value. Default: absent. */
  readonly expires?: string | undefined;
  /** The Date value. Default: `responseTimeMs`. */
  readonly date?: string | undefined;
  /** The Age value. Default: 0. */
  readonly age?: string | undefined;
  /** The time when the request was sent. */
  readonly requestTimeMs: number;
  /** The time when the response arrived. */
  readonly responseTimeMs: number;
}

/** Options of `freshnessLifetime`. */
export interface FreshnessLifetimeOptions {
  /** Whether the cache serves several users, so that s-maxage applies. Default: true. */
  readonly shared?: boolean;
}

/**
 * Returns how many seconds a response is fresh (RFC 9111 §4.2.1): s-maxage, else max-age, else Expires minus Date. An
 * unreadable Expires gives 0. Null if the response has none of them; a cache may then use a heuristic (§4.2.2).
 */
export function freshnessLifetime(facts: StoredResponseFacts, options: FreshnessLifetimeOptions = {}): number | null {
  const { sMaxageSeconds, maxAgeSeconds } = facts.cacheControl;
  if (options.shared !== false && sMaxageSeconds !== undefined) return sMaxageSeconds;
  if (maxAgeSeconds !== undefined) return maxAgeSeconds;
  if (facts.expires === undefined) return null;
  const expiresMs = parseHttpDate(facts.expires, { nowMs: facts.responseTimeMs });
  return expiresMs === null ? 0 : Math.max(0, Math.floor((expiresMs - dateMs(facts)) / 1000));
}

/**
 * Seconds since the response was created or last validated at its origin (RFC 9111 §4.2.3). It is fresh while this is
 * below the lifetime.
 */
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
