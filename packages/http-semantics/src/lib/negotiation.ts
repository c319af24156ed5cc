/**
 * The result of a negotiation: one of the available values, as the caller wrote it, or none that is acceptable (406).
 */
export type Negotiation = { readonly kind: 'chosen'; readonly value: string } | { readonly kind: 'not-acceptable' };

/**
 * Picks the value with the highest quality above 0. The first of equal ones wins, because the list is in the server's
 * order of preference.
 */
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
