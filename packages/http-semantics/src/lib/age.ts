import { parseDeltaSeconds } from './delta-seconds.ts';
import { trimWhitespace } from './trim-whitespace.ts';

/** Reads Age (RFC 9111 §5.1) in seconds, at most 2^31: the first member counts; null when it is not a whole number. */
export function parseAge(value: string): number | null {
  const comma = value.indexOf(',');
  return parseDeltaSeconds(trimWhitespace(comma < 0 ? value : value.slice(0, comma)));
}
