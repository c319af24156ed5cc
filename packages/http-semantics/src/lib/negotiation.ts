/** What a negotiation decided: a value out of those available, as the caller wrote it, or that none will do (406). */
export type Negotiation = { readonly kind: 'chosen'; readonly value: string } | { readonly kind: 'not-acceptable' };

/** Picks the value of highest quality above 0; of several equal ones the first, because the list is the server's preference. */
export function chooseBest(available: readonly string[], qualityOf: (value: string) => number): Negotiation {
  let bestQuality = 0;
  let best: string | undefined;
  for (const value of available) {
    const quality = qualityOf(value);
    if (quality <= bestQuality) continue;
    bestQuality = quality;
    best = value;
  }
  return best === undefined ? { kind: 'not-acceptable' } : { kind: 'chosen', value: best };
}
