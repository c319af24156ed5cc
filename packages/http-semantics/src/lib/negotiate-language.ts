import { chooseBest, type Negotiation } from './negotiation.ts';
import { parseAcceptLanguage, type WeightedToken } from './weighted-list.ts';

/** Smaller than the step between two weights, so that it only decides between equal weights. */
const lookupPenalty = 0.0001;

/**
 * Chooses the language of a response (RFC 9110 §12.5.4).
 *
 * A tag gets the weight of the longest range that is a prefix of it (RFC 4647 §3.3.1, `en` matches `en-GB`). If none
 * is, it gets the weight of a longer range that falls back to it (§3.4, `en-GB` falls back to `en`), otherwise that of
 * `*`. Without the field, or without a well-formed element, the first available tag is chosen.
 *
 * @param available language tags in the server's order of preference, which decides between equal weights
 */
export function negotiateLanguage(acceptLanguage: string | undefined, available: readonly string[]): Negotiation {
  const ranges = acceptLanguage === undefined ? [] : parseAcceptLanguage(acceptLanguage);
  if (ranges.length === 0) return chooseBest(available, () => 1);
  return chooseBest(available, (tag) => qualityOf(tag.toLowerCase(), ranges));
}

function qualityOf(tag: string, ranges: readonly WeightedToken[]): number {
  let filtered: WeightedToken | undefined;
  let lookup = 0;
  let wildcard: number | undefined;
  for (const range of ranges) {
    if (range.value === '*') wildcard ??= range.quality;
    else if (isPrefix(range.value, tag)) {
      if (filtered === undefined || range.value.length > filtered.value.length) filtered = range;
    } else if (isPrefix(tag, range.value)) lookup = Math.max(lookup, range.quality);
  }
  if (filtered !== undefined) return filtered.quality;
  return lookup > 0 ? lookup - lookupPenalty : (wildcard ?? 0);
}

function isPrefix(prefix: string, tag: string): boolean {
  return tag.startsWith(prefix) && (tag.length === prefix.length || tag[prefix.length] === '-');
}
