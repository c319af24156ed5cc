import { SemanticsError } from './errors.ts';

/** A Content-Range in bytes (RFC 9110 §14.4): a part and the total length, or only the total length. */
export type ContentRange =
  | { readonly start: number; readonly end: number /** Null when unknown, `*`. */; readonly length: number | null }
  | { readonly start?: undefined; readonly end?: undefined; readonly length: number };

const contentRangePattern = /^bytes (?:([0-9]+)-([0-9]+)|\*)\/([0-9]+|\*)$/i;

/**
 * Parses a Content-Range; null if it is malformed, contradictory (`5-3/9`, `0-9/5`), above 2^53 - 1, or not in bytes.
 */
export function parseContentRange(value: string): ContentRange | null {
  const match = contentRangePattern.exec(value);
  if (match === null) return null;
  const length = match[3] === '*' ? null : Number(match[3]);
  if (match[1] !== undefined) {
    const contentRange = { start: Number(match[1]), end: Number(match[2]), length };
    return isValid(contentRange) ? contentRange : null;
  }
  return length !== null && Number.isSafeInteger(length) ? { length } : null;
}

/**
 * Formats `bytes 0-4/10`, `bytes 0-4/*` for an unknown length, or `bytes *\/10` without positions, for a 416. Throws
 * `SEMANTICS_INVALID_RANGE` for contradictory positions.
 */
export function formatContentRange(contentRange: ContentRange): string {
  if (!isValid(contentRange)) throw new SemanticsError('SEMANTICS_INVALID_RANGE', JSON.stringify(contentRange));
  const part = contentRange.start === undefined ? '*' : `${contentRange.start}-${contentRange.end}`;
  return `bytes ${part}/${contentRange.length ?? '*'}`;
}

function isValid(contentRange: ContentRange): boolean {
  const { start = 0, end = 0, length } = contentRange;
  if (![start, end, length ?? 0].every((value) => Number.isSafeInteger(value) && value >= 0)) return false;
  return contentRange.start === undefined || (start <= end && (length === null || end < length));
}
