import { type Balancer, nextFrom } from './balancer.ts';

/** Always the first one in the list that takes requests. */
export function firstOfAll(): Balancer {
  return { pick: (candidates, tried) => nextFrom(candidates, 0, tried) };
}
