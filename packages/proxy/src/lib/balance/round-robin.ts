import { type Balancer, type Candidate, mayTake } from './balancer.ts';
import { smoothSequence } from './smooth-sequence.ts';

/** Upstreams take turns, as often as their weights say. */
export function roundRobin(): Balancer {
  let planned: readonly Candidate[] = [];
  let turns: Uint16Array = new Uint16Array(0);
  let turn = 0;
  return {
    pick(candidates, tried) {
      if (candidates !== planned) {
        planned = candidates;
        turns = candidates.length === 0 ? new Uint16Array(0) : smoothSequence(candidates.map(({ weight }) => weight));
        turn %= Math.max(turns.length, 1); // goes on where it was: a change must not send every next request to the first
      }
      for (let step = 0; step < turns.length; step++) {
        const candidate = candidates[turns[turn]!]!;
        turn = turn + 1 === turns.length ? 0 : turn + 1;
        if (mayTake(candidate, tried)) return candidate;
      }
      return null;
    },
  };
}
