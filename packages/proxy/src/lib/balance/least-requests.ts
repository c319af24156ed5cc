import { type Balancer, mayTake } from './balancer.ts';

/** The upstream that has the fewest requests under way, by its weight. Equals take turns. */
export function leastRequests(): Balancer {
  let turn = 0;
  return {
    pick(candidates, tried) {
      const { length } = candidates;
      let best = null;
      let least = Number.POSITIVE_INFINITY;
      let at = turn >= length ? 0 : turn;
      for (let step = 0; step < length; step++) {
        const candidate = candidates[at]!;
        at = at + 1 === length ? 0 : at + 1;
        const load = (candidate.active + 1) / candidate.weight;
        if (load >= least || !mayTake(candidate, tried)) continue;
        least = load;
        best = candidate;
        turn = at;
      }
      return best;
    },
  };
}
