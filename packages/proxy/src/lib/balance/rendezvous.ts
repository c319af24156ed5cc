import { mix, textHash } from './text-hash.ts';

/** A member of a rendezvous: its address and weight decide which keys it gets. */
export interface Member {
  readonly address: string;
  readonly weight: number;
}

/**
 * Returns the index of the member that gets a key (weighted rendezvous hashing); -1 without members. When a member goes,
 * only its own keys move, and when it is back, the same keys return to it.
 *
 * @param seeds `textHash` of each member's address
 */
export function rendezvousWinner(members: readonly Member[], seeds: Uint32Array, key: number): number {
  let winner = -1;
  let highest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < members.length; index++) {
    const each = score(seeds[index]!, members[index]!.weight, key);
    if (each <= highest) continue;
    highest = each;
    winner = index;
  }
  return winner;
}

/** `-weight / ln(u)` with u drawn from key and member: each wins as often as its weight says. */
function score(seed: number, weight: number, key: number): number {
  const drawn = (mix(seed ^ key) + 0.5) / 0x1_0000_0000;
  return -weight / Math.log(drawn);
}

export function seedsOf(members: readonly Member[]): Uint32Array {
  return Uint32Array.from(members, ({ address }) => textHash(address));
}
