import type { Upstream } from './upstream.ts';

type Facts = Pick<Upstream, 'isFull' | 'isDraining' | 'availableFrom' | 'breaker'>;

/**
 * Returns who gets a request that none of the candidates takes: the one that has rested longest is the most likely to be
 * back. A backup takes it if the others were tried. Not one whose breaker is open, and none while others are only full.
 */
export function lastResort<Each extends Facts>(
  all: readonly Each[],
  candidates: readonly Each[],
  tried: readonly Each[],
  now: number,
): Each | null {
  if (candidates.some((each) => each.isFull && !tried.includes(each))) return null;
  let best: Each | null = null;
  for (const upstream of all) {
    if (upstream.isFull || upstream.isDraining || tried.includes(upstream) || isOpen(upstream, now)) continue;
    if (best === null || upstream.availableFrom < best.availableFrom) best = upstream;
  }
  return best;
}

/** Whether its breaker refuses requests. */
export function isOpen({ breaker }: Pick<Upstream, 'breaker'>, now: number): boolean {
  return breaker !== null && breaker.openUntil > now;
}
