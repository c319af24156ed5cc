/** What is known of one upstream. */
export interface UpstreamHealth {
  /** Until then it is passed over; 0: it was reached when it was last tried. Milliseconds since the epoch. */
  restsUntil: number;
}

/**
 * Which upstream a request tries next, by its place in the list; -1: none is left. In turn those that do not rest; when only resting ones
 * are left, the one that has rested longest, since it is the likeliest to be back. A request tries one resting upstream at most: each
 * may cost it the time for connecting.
 *
 * @param turn where the request begins in the list
 * @param tried those that the request has tried
 */
export function chooseUpstream(
  upstreams: readonly UpstreamHealth[],
  turn: number,
  now: number,
  tried: readonly UpstreamHealth[] = [],
): number {
  const { length } = upstreams;
  let longest = -1;
  for (let step = 0; step < length; step++) {
    const index = (turn + step) % length;
    const upstream = upstreams[index]!;
    if (tried.includes(upstream)) continue;
    if (upstream.restsUntil <= now) return index;
    if (longest < 0 || upstream.restsUntil < upstreams[longest]!.restsUntil) longest = index;
  }
  return longest;
}
