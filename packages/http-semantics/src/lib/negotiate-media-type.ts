import { type MediaRange, parseAccept } from './accept.ts';
import { SemanticsError } from './errors.ts';
import { type MediaType, parseMediaType } from './media-type.ts';
import { chooseBest, type Negotiation } from './negotiation.ts';

/**
 * Chooses the media type of a response (RFC 9110 §12.5.1). Each available type gets the weight of the most specific
 * matching range. Without the field, or without a well-formed element, the first available type is chosen.
 *
 * @param available media types, with parameters if needed, in the server's order of preference; throws
 *   `SEMANTICS_INVALID_MEDIA_TYPE` for an invalid one
 */
export function negotiateMediaType(accept: string | undefined, available: readonly string[]): Negotiation {
  const ranges = accept === undefined ? [] : parseAccept(accept);
  if (ranges.length === 0) return chooseBest(available, () => 1);
  return chooseBest(available, (candidate) => {
    const mediaType = parseMediaType(candidate);
    if (mediaType === null) throw new SemanticsError('SEMANTICS_INVALID_MEDIA_TYPE', JSON.stringify(candidate));
    return qualityOf(mediaType, ranges);
  });
}

function qualityOf(mediaType: MediaType, ranges: readonly MediaRange[]): number {
  let quality = 0;
  let bestSpecificity = -1;
  for (const range of ranges) {
    const specificity = matchSpecificity(range, mediaType);
    if (specificity <= bestSpecificity) continue;
    bestSpecificity = specificity;
    quality = range.quality;
  }
  return quality;
}

/** -1 for no match, then 0 for `*`/`*`, 1 for `type/*`, 2 for `type/subtype`, plus one for each parameter. */
function matchSpecificity(range: MediaRange, mediaType: MediaType): number {
  for (const [name, value] of range.parameters) {
    // Charset values ignore case, and no registered parameter distinguishes types by case alone.
    if (mediaType.parameters.get(name)?.toLowerCase() !== value.toLowerCase()) return -1;
  }
  if (range.type === '*') return range.parameters.size;
  if (range.type !== mediaType.type) return -1;
  if (range.subtype === '*') return 1 + range.parameters.size;
  return range.subtype === mediaType.subtype ? 2 + range.parameters.size : -1;
}
