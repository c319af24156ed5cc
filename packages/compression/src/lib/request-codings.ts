import { parseListField } from '@windhover/http-semantics';
import type { Coding } from './codec.ts';
import { compressionError } from './errors.ts';

/**
 * The codings of a request in the order in which they are removed, the last applied first (RFC 9110 §8.4). `x-gzip`
 * means `gzip`, and `identity` nothing. Throws `COMPRESSION_CODING_UNKNOWN`; the 415 names the accepted codings, as RFC
 * 7694 asks.
 *
 * @param maxCodings how many there may be
 */
export function requestCodings(contentEncoding: string, known: readonly Coding[], maxCodings: number): Coding[] {
  const codings: Coding[] = [];
  const refuse = (detail: string): Error =>
    compressionError('COMPRESSION_CODING_UNKNOWN', detail, { headers: { 'Accept-Encoding': known.join(', ') } });
  for (const name of parseListField(contentEncoding)) {
    const lower = name.toLowerCase();
    if (lower === 'identity') continue;
    const coding = known.find((each) => each === (lower === 'x-gzip' ? 'gzip' : lower));
    if (coding === undefined) throw refuse(JSON.stringify(name));
    codings.unshift(coding);
    if (codings.length > maxCodings) throw refuse(`more than ${maxCodings}, one around the other`);
  }
  return codings;
}
