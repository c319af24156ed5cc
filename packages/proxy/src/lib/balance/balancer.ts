import type { HttpContext } from '@windhover/core';

/** One upstream, as the policies that choose among several see it. */
export interface Candidate {
  readonly address: string;
  /** Its share of the requests; less than configured while it starts slowly. Above 0. */
  readonly weight: number;
  /** Requests that it is answering now. */
  readonly active: number;
  /** Whether it takes no more requests at present. */
  readonly isFull: boolean;
  /** The time that it takes to answer, as peak EWMA sees it; 0 if it is not known. Milliseconds. */
  latencyMs(now: number): number;
}

/** A policy: chooses one of several upstreams. */
export interface Balancer {
  /**
   * Returns the upstream for a request, `null` if there is none. Full ones and those in `tried` are passed over.
   * Policies that keep tables make them anew when `candidates` is another array than the last time.
   */
  pick<C extends Candidate>(
    candidates: readonly C[],
    tried: readonly Candidate[],
    context: HttpContext,
    now: number,
  ): C | null;
}

/** Whether a policy may choose it. */
export function mayTake(candidate: Candidate, tried: readonly Candidate[]): boolean {
  return !candidate.isFull && (tried.length === 0 || !tried.includes(candidate));
}

/** Returns the first that may be taken, from `start` on, going round. */
export function nextFrom<C extends Candidate>(
  candidates: readonly C[],
  start: number,
  tried: readonly Candidate[],
): C | null {
  for (let step = 0; step < candidates.length; step++) {
    const candidate = candidates[(start + step) % candidates.length]!;
    if (mayTake(candidate, tried)) return candidate;
  }
  return null;
}
