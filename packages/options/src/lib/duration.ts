import { formatAmount, meantAmount, parseAmount } from './amount.ts';

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const otherNames = {
  '': 's', // most people who write `"30"` mean seconds
  ...Object.fromEntries(['msec', 'msecs', 'millis', 'milliseconds'].map((name) => [name, 'ms'])),
  ...Object.fromEntries(['sec', 'secs', 'second', 'seconds'].map((name) => [name, 's'])),
  ...Object.fromEntries(['min', 'mins', 'minute', 'minutes'].map((name) => [name, 'm'])),
  ...Object.fromEntries(['hr', 'hrs', 'hour', 'hours'].map((name) => [name, 'h'])),
  ...Object.fromEntries(['day', 'days'].map((name) => [name, 'd'])),
};

/** Completes the sentence "expected …". */
export const durationExpected = 'a duration such as `30s`, `5m` or a number of milliseconds';

/**
 * Parses a duration: `500ms`, `30s`, `5m`, `1h`, `1d`, or a number of milliseconds. A fraction is allowed if the result
 * is whole milliseconds: `1.5h`. Returns milliseconds, `undefined` for anything else.
 */
export function parseDuration(value: unknown): number | undefined {
  return parseAmount(value, units);
}

/** Formats whole milliseconds for `parseDuration`: `90s`, `1500ms`. */
export function formatDuration(durationMs: number): string {
  return formatAmount(durationMs, units);
}

/** Guesses what an invalid duration was meant to be: `5m` for `5 min`, `30s` for `'30'`. */
export function meantDuration(written: unknown): string | undefined {
  return meantAmount(written, units, otherNames);
}
