import { type Balancer, type Candidate, nextFrom } from './balancer.ts';
import { smoothSequence } from './smooth-sequence.ts';

/** Any upstream, as often as its weight says. */
export function randomChoice(random: () => number): Balancer {
  let planned: readonly Candidate[] = [];
  let turns: Uint16Array = new Uint16Array(0);
  return {
    pick(candidates, tried) {
      if (candidates.length === 0) return null;
      if (candidates !== planned) {
        planned = candidates;
        turns = smoothSequence(candidates.map(({ weight }) => weight));
      }
      return nextFrom(candidates, turns[Math.floor(random() * turns.length)]!, tried);
    },
  };
}
