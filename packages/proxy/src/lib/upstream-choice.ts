/** The health of an upstream, as far as it is known. */
export interface UpstreamHealth {
  /** The upstream is skipped until this time; 0 if the last attempt reached it. Milliseconds since the epoch. */
  restsUntil: number;
}

/**
 * Returns the index of the upstream to try next; -1 if none is left. Upstreams that do not rest are taken in turn. If
 * only resting ones are left, it is the one that has rested longest, because it is the most likely to be back. A
 * request tries at most one resting upstream: each may cost it the connect timeout.
 *
 * @param turn the index at which the request begins
 * @param tried the upstreams that the request has tried
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
