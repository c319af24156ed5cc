import type { Upstream } from './upstream.ts';

/** What the plan depends on beside the upstreams. */
export interface PlanFacts {
  readonly now: number;
  readonly slowStartMs: number;
  readonly panicShare: number;
}

/** The upstreams that requests are shared among, and until when that holds. */
export interface Plan {
  readonly candidates: readonly Upstream[];
  /** Milliseconds since the epoch; `Infinity` if nothing is going to change by itself. */
  readonly until: number;
}

/** An upstream that starts slowly begins with this share of its weight, and gets more in as many steps. */
const slowSteps = 10;

/**
 * Returns the available upstreams of the first tier that has any, and sets their weights. If fewer than `panicShare` of
 * a tier are available, all of it are.
 */
export function planCandidates(all: readonly Upstream[], facts: PlanFacts): Plan {
  const { now, slowStartMs, panicShare } = facts;
  let until = Number.POSITIVE_INFINITY;
  let candidates: Upstream[] = [];
  for (const upstream of all) {
    const from = upstream.availableFrom;
    if (from > now && from < until) until = from;
  }
  const tiers = [...new Set(all.map(({ tier }) => tier))].sort((a, b) => a - b);
  for (const tier of tiers) {
    const members = all.filter((upstream) => upstream.tier === tier && !upstream.isDraining);
    candidates = members.filter((upstream) => upstream.availableFrom <= now);
    if (candidates.length < members.length * panicShare) candidates = members;
    if (candidates.length > 0) break;
  }
  for (const upstream of candidates) {
    const grown = slowStartMs === 0 ? 1 : Math.max(0, now - upstream.upSince) / slowStartMs;
    upstream.weight =
      upstream.fullWeight * Math.min(1, Math.max(1 / slowSteps, Math.floor(grown * slowSteps) / slowSteps));
    if (grown < 1) until = Math.min(until, now + slowStartMs / slowSteps);
  }
  return { candidates, until };
}
