import type { Balancer } from './balancer.ts';
import { betterOfTwo, expectedWait, requestsUnderWay } from './better-of-two.ts';
import { consistentHash } from './consistent-hash.ts';
import { firstOfAll } from './first.ts';
import { type HashKey, hashKeyOf } from './hash-key.ts';
import { leastRequests } from './least-requests.ts';
import { randomChoice } from './random.ts';
import { roundRobin } from './round-robin.ts';

/** How one of several upstreams is chosen. */
export type Balance =
  | 'round-robin'
  | 'least-requests'
  | 'p2c'
  | 'peak-ewma'
  | 'random'
  | 'first'
  | {
      /** What decides: equal values go to the same upstream. */
      readonly hash: HashKey;
      /**
       * How many times its fair share of the requests under way an upstream may have, before more of its keys go
       * elsewhere; above 1, HAProxy advises 1.25. Default: no bound, as in HAProxy and Envoy: with little traffic a
       * bound sends the second of two requests at a time elsewhere.
       */
      readonly boundedLoad?: number;
    };

/** The names of the policies without options. */
export const balanceNames = ['round-robin', 'least-requests', 'p2c', 'peak-ewma', 'random', 'first'] as const;

/** @param random a number from 0 up to, not including, 1 */
export function createBalancer(balance: Balance, random: () => number = Math.random): Balancer {
  if (typeof balance === 'object')
    return consistentHash(hashKeyOf(balance.hash), balance.boundedLoad ?? null, roundRobin());
  switch (balance) {
    case 'round-robin':
      return roundRobin();
    case 'least-requests':
      return leastRequests();
    case 'p2c':
      return betterOfTwo(requestsUnderWay, random);
    case 'peak-ewma':
      return betterOfTwo(expectedWait, random);
    case 'random':
      return randomChoice(random);
    case 'first':
      return firstOfAll();
  }
}
