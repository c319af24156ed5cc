import { SemanticsError } from './errors.ts';

/** The largest delta-seconds: a bigger number means this (RFC 9111 §1.2.2). */
export const maxDeltaSeconds: number = 2 ** 31;

/** Reads digits as seconds, at most 2^31; null for anything else. */
export function parseDeltaSeconds(text: string): number | null {
  return /^[0-9]+$/.test(text) ? Math.min(Number(text), maxDeltaSeconds) : null;
}

/** Writes whole seconds, at most 2^31; throws `SEMANTICS_INVALID_DELTA_SECONDS` for a negative or fractional number. */
export function formatDeltaSeconds(seconds: number): string {
  const isInfinite = seconds === Number.POSITIVE_INFINITY;
  if (!isInfinite && (!Number.isInteger(seconds) || seconds < 0)) {
    throw new SemanticsError('SEMANTICS_INVALID_DELTA_SECONDS', String(seconds));
  }
  return String(Math.min(seconds, maxDeltaSeconds));
}
