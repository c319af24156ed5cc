import { parseDeltaSeconds } from './delta-seconds.ts';
import { trimWhitespace } from './trim-whitespace.ts';

/**
 * Parses Age (RFC 9111 §5.1) as seconds, at most 2^31. The first list member counts; null if it is not a whole number.
 */
export function parseAge(value: string): number | null {
  const comma = value.indexOf(',');
  return parseDeltaSeconds(trimWhitespace(comma < 0 ? value : value.slice(0, comma)));
}
