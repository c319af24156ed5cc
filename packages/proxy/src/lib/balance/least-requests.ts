import { type Balancer, type Candidate, mayTake } from './balancer.ts';
import { roundRobin } from './round-robin.ts';

/** The upstream that has the fewest requests under way, by its weight. Equals take turns, as often as their weights say. */
export function leastRequests(): Balancer {
  const turns = roundRobin();
  return {
    pick(candidates, tried, context, now) {
      let best: (typeof candidates)[number] | null = null;
      let least = Number.POSITIVE_INFINITY;
      let isShared = false;
      for (const candidate of candidates) {
        const load = loadOf(candidate);
        if (load > least || !mayTake(candidate, tried)) continue;
        isShared = load === least;
        least = load;
        best = candidate;
      }
      if (!isShared) return best;
      for (;;) {
        const next = turns.pick(candidates, tried, context, now);
        if (next === null || loadOf(next) === least) return next;
      }
    },
  };
}

function loadOf({ active, weight }: Candidate): number {
  return active / weight;
}
