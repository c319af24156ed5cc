import { SemanticsError } from './errors.ts';

/** The largest delta-seconds; bigger numbers are read as this one (RFC 9111 §1.2.2). */
export const maxDeltaSeconds: number = 2 ** 31;

/** Parses digits as seconds, at most 2^31; null for anything else. */
export function parseDeltaSeconds(text: string): number | null {
  return /^[0-9]+$/.test(text) ? Math.min(Number(text), maxDeltaSeconds) : null;
}

/**
 * Formats whole seconds, at most 2^31. Throws `SEMANTICS_INVALID_DELTA_SECONDS` for a negative or fractional number.
 */
export function formatDeltaSeconds(seconds: number): string {
  const isInfinite = seconds === Number.POSITIVE_INFINITY;
  if (!isInfinite && (!Number.isInteger(seconds) || seconds < 0)) {
    throw new SemanticsError('SEMANTICS_INVALID_DELTA_SECONDS', String(seconds));
  }
  return String(Math.min(seconds, maxDeltaSeconds));
}
