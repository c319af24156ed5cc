import { type Balancer, type Candidate, mayTake, nextFrom } from './balancer.ts';

/** The cost of sending the next request to an upstream. */
export type Cost = (candidate: Candidate, now: number) => number;

/**
 * The cheaper one of two upstreams that are drawn at random. It needs no look at all the others, and no two proxies run
 * to the same upstream at once, as they do when each takes the very best.
 *
 * @param random a number from 0 up to, not including, 1
 */
export function betterOfTwo(cost: Cost, random: () => number): Balancer {
  return {
    pick(candidates, tried, _context, now) {
      const { length } = candidates;
      if (length < 2) return nextFrom(candidates, 0, tried);
      const first = Math.floor(random() * length);
      const step = 1 + Math.floor(random() * (length - 1));
      const one = candidates[first]!;
      const two = candidates[(first + step) % length]!;
      const hasOne = mayTake(one, tried);
      const hasTwo = mayTake(two, tried);
      if (hasOne && hasTwo) return cheaper(one, two, cost(one, now) - cost(two, now), random);
      if (hasOne) return one;
      return hasTwo ? two : nextFrom(candidates, first, tried);
    },
  };
}

/** Between equals the weights decide. */
function cheaper<C extends Candidate>(one: C, two: C, difference: number, random: () => number): C {
  if (difference !== 0) return difference < 0 ? one : two;
  return random() * (one.weight + two.weight) < one.weight ? one : two;
}

/** For `p2c`: requests under way, by weight. */
export const requestsUnderWay: Cost = ({ active, weight }) => active / weight;

/**
 * For `peak-ewma`: the time that an answer takes, times the requests under way. An upstream that nobody has measured
 * costs nothing, but as soon as it has a request under way it waits for that answer.
 */
export const expectedWait: Cost = (candidate, now) => {
  const latencyMs = candidate.latencyMs(now);
  if (latencyMs === 0 && candidate.active > 0) return Number.MAX_SAFE_INTEGER + candidate.active;
  return (latencyMs * (candidate.active + 1)) / candidate.weight;
};
