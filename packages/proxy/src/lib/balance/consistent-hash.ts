import type { HttpContext } from '@windhover/core';
import { type Balancer, type Candidate, mayTake } from './balancer.ts';
import { rendezvousWinner, seedsOf } from './rendezvous.ts';
import { mix, textHash } from './text-hash.ts';

/** Keys are sorted into this many slots. The winner of each is looked for once, when the first key of it comes. */
const slots = 65_536;
const unknown = 0xffff;

/** After so many upstreams that take no more, any other is as good. */
const maxSteps = 64;

/**
 * The same key always goes to the same upstream. With `boundedLoad`, only while that has at most so many times its fair
 * share of the requests under way; then to the next one in the order of that key.
 *
 * @param keyOf the key of a request; `null` if it has none
 * @param withoutKey chooses for requests without a key
 */
export function consistentHash(
  keyOf: (context: HttpContext) => string | null,
  boundedLoad: number | null,
  withoutKey: Balancer,
): Balancer {
  let members: readonly Candidate[] = [];
  let seeds: Uint32Array = new Uint32Array(0);
  let totalWeight = 0;
  const winners = new Uint16Array(slots);

  function join(candidates: readonly Candidate[]): void {
    members = candidates;
    seeds = seedsOf(candidates);
    totalWeight = candidates.reduce((sum, { weight }) => sum + weight, 0);
    winners.fill(unknown);
  }

  function winnerOf(slot: number): number {
    if (winners[slot] === unknown) winners[slot] = rendezvousWinner(members, seeds, mix(slot));
    return winners[slot]!;
  }

  /** Envoy's and Google's bound: nobody gets more than this factor above the average. */
  function isWithinBound(candidate: Candidate, requests: number): boolean {
    if (boundedLoad === null) return true;
    const fairShare = (requests * candidate.weight) / totalWeight;
    return candidate.active < Math.ceil(fairShare * boundedLoad);
  }

  return {
    pick(candidates, tried, context, now) {
      const key = keyOf(context);
      if (key === null) return withoutKey.pick(candidates, tried, context, now);
      if (candidates !== members) join(candidates);
      if (candidates.length === 0) return null;
      const requests = boundedLoad === null ? 0 : requestsUnderWay(candidates) + 1;
      let slot = textHash(key) % slots;
      for (let step = 0; step < maxSteps; step++) {
        const winner = candidates[winnerOf(slot)]!;
        if (mayTake(winner, tried) && isWithinBound(winner, requests)) return winner;
        slot = mix(slot + 1) % slots; // each key has its own order of slots, and so of upstreams
      }
      const free = candidates.filter((candidate) => mayTake(candidate, tried));
      return free.find((candidate) => isWithinBound(candidate, requests)) ?? free[0] ?? null;
    },
  };
}

function requestsUnderWay(candidates: readonly Candidate[]): number {
  let sum = 0;
  for (const { active } of candidates) sum += active;
  return sum;
}
