import type { Upstream } from './upstream.ts';

/** What an upstream is doing, for people. */
export interface UpstreamSummary {
  readonly address: string;
  /**
   * `warming`: it answers the requests that warm it up. `draining`: it gets only requests that are bound to it. `unhealthy`: it fails its active checks. `ejected`: it failed
   * too often in a row. `open`: its circuit breaker is open. `unreachable`: the last attempt to connect failed.
   */
  readonly state: 'up' | 'warming' | 'draining' | 'unhealthy' | 'ejected' | 'open' | 'unreachable';
  /** Its share of the requests when it is fully up. */
  readonly weight: number;
  readonly backup: boolean;
  /** How long its answers take to begin, in milliseconds: a moving average. `null`: there was none yet. */
  readonly latencyMs: number | null;
  /** Why the last attempts to connect failed; `null`: they did not. */
  readonly failure: string | null;
  /** Requests and tunnels under way. */
  readonly active: number;
  /** Attempts that it was given since it is known. */
  readonly total: number;
  /** Answers of 500 and above, and connections that ended without a valid answer, since it is known. */
  readonly errors: number;
  /** Attempts to connect that failed since one succeeded. */
  readonly failures: number;
}

/** Describes an upstream as it is now. */
export function summarizeUpstream(upstream: Upstream, now: number): UpstreamSummary {
  const { address, fullWeight, tier, active, total, errors, failures, firstFailure, averageMs } = upstream;
  return {
    address,
    state: stateOf(upstream, now),
    weight: fullWeight,
    backup: tier > 0,
    latencyMs: averageMs < 0 ? null : Math.round(averageMs * 100) / 100,
    failure: failures > 0 ? (firstFailure?.message ?? null) : null,
    ...{ active, total, errors, failures },
  };
}

function stateOf(upstream: Upstream, now: number): UpstreamSummary['state'] {
  if (upstream.isDraining) return 'draining';
  if (!upstream.isHealthy) return 'unhealthy';
  if (upstream.isEjected(now)) return 'ejected';
  if (upstream.breaker !== null && upstream.breaker.openUntil > now) return 'open';
  if (upstream.failures > 0) return 'unreachable';
  return upstream.isWarm ? 'up' : 'warming';
}
