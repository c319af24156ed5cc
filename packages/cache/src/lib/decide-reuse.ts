import type { CacheControl } from '@windhover/http-semantics';
import type { CacheMeta } from './cache-entry.ts';

/**
 * What may be done with a stored answer:
 * - `fresh`: it is served
 * - `stale`: it is served now, and validated in the background
 * - `allowed`: it is stale, but the client says that this is good enough
 * - `revalidate`: the origin is asked first
 */
export type Reuse = 'fresh' | 'stale' | 'allowed' | 'revalidate';

type Freshness = Pick<
  CacheMeta,
  | 'storedAtMs'
  | 'initialAgeSeconds'
  | 'lifetimeSeconds'
  | 'staleWhileRevalidateSeconds'
  | 'staleIfErrorSeconds'
  | 'noCache'
  | 'mustRevalidate'
>;

/** The age of a stored answer in whole seconds, for `Age`. */
export function ageOf(meta: Freshness, nowMs: number): number {
  return meta.initialAgeSeconds + Math.max(0, Math.floor((nowMs - meta.storedAtMs) / 1000));
}

/** For how many milliseconds a stored answer will be fresh. Negative: for how long it has been stale. */
export function freshForMs(meta: Freshness, nowMs: number): number {
  return (meta.lifetimeSeconds - meta.initialAgeSeconds) * 1000 - Math.max(0, nowMs - meta.storedAtMs);
}

/**
 * Decides whether a stored answer may be used (RFC 9111 §4.2, RFC 5861 §3). `request` are the directives of the request; `null`: it has
 * none, or they are ignored.
 */
export function decideReuse(meta: Freshness, request: CacheControl | null, nowMs: number): Reuse {
  if (meta.noCache || request?.noCache !== undefined) return 'revalidate';
  const freshMs = freshForMs(meta, nowMs);
  if (request !== null) {
    if (request.maxAgeSeconds !== undefined && ageOf(meta, nowMs) > request.maxAgeSeconds) return 'revalidate';
    if (request.minFreshSeconds !== undefined && freshMs < request.minFreshSeconds * 1000) return 'revalidate';
  }
  if (freshMs > 0) return 'fresh';
  if (meta.mustRevalidate) return 'revalidate';
  if (-freshMs < meta.staleWhileRevalidateSeconds * 1000) return 'stale';
  if (request?.maxStaleSeconds !== undefined && -freshMs <= request.maxStaleSeconds * 1000) return 'allowed';
  return 'revalidate';
}

/** Whether a stored answer may be served because the origin fails (RFC 5861 §4). */
export function isUsableOnError(meta: Freshness, request: CacheControl | null, nowMs: number): boolean {
  if (meta.noCache || meta.mustRevalidate || request?.noCache !== undefined) return false;
  const allowed = Math.max(
    meta.staleIfErrorSeconds,
    meta.staleWhileRevalidateSeconds,
    request?.staleIfErrorSeconds ?? 0,
  );
  return -freshForMs(meta, nowMs) <= allowed * 1000;
}
