import { type ContextKey, contextKey } from '@windhover/core';

/** The facts about the upstream of an exchange that the metrics use. `@windhover/proxy` sets them. */
export interface UpstreamReport {
  /** The name under `upstreams`, or else the address. */
  readonly name: string;
  readonly attempts: number;
  /** When the last attempt began, in milliseconds since the epoch, with fractions. */
  readonly startedAt: number;
  /** When the connection was made; `null` for a kept connection, or one that was not made. */
  readonly connectedAt: number | null;
  /** When the head of the final response arrived; `null` if it did not. */
  readonly headAt: number | null;
  /** The stage that failed, or `null`. */
  readonly failure: string | null;
}

/** The key of `@windhover/proxy`; keys with the same name are the same key. */
export const upstreamReportKey: ContextKey<UpstreamReport> = contextKey('proxy.upstream');

/** The reports of upstreams that failed before a fallback was used. `fallback` of `@windhover/respond` sets them. */
export const failedUpstreamsKey: ContextKey<readonly UpstreamReport[]> = contextKey('proxy.failedUpstreams');
