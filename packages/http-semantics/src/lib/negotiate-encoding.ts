import { chooseBest, type Negotiation } from './negotiation.ts';
import { parseAcceptEncoding } from './weighted-list.ts';

/** Below every weight that can be written, so that an unmentioned identity is the last resort. */
const unmentionedIdentity = 0.0001;

/**
 * Chooses the content coding of a response (RFC 9110 §12.5.3).
 *
 * An explicit entry beats `*`, the first of repeated entries counts, and `x-gzip` means `gzip`. `identity` is always
 * available, as the last choice unless listed; only `identity;q=0`, or `*;q=0` without an entry for identity, refuses
 * it. Without the field, or with an empty one, the result is identity.
 *
 * @param available codings in the server's order of preference, which decides between equal weights
 */
export function negotiateEncoding(acceptEncoding: string | undefined, available: readonly string[]): Negotiation {
  if (acceptEncoding === undefined) return { kind: 'chosen', value: 'identity' };
  const weights = new Map<string, number>();
  for (const { value, quality } of parseAcceptEncoding(acceptEncoding)) {
    const coding = canonicalCoding(value);
    if (!weights.has(coding)) weights.set(coding, quality);
  }
  const candidates = available.includes('identity') ? available : [...available, 'identity'];
  return chooseBest(candidates, (candidate) => {
    const coding = canonicalCoding(candidate.toLowerCase());
    return weights.get(coding) ?? weights.get('*') ?? (coding === 'identity' ? unmentionedIdentity : 0);
  });
}

/** RFC 9110 §8.4.1: recipients treat the two old names as equivalent. */
function canonicalCoding(coding: string): string {
  return coding === 'x-gzip' || coding === 'x-compress' ? coding.slice(2) : coding;
}
