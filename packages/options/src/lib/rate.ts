import { formatDuration, meantDuration, parseDuration } from './duration.ts';
import { formatSize, meantSize, parseSize } from './size.ts';

/** A number of events in a time. */
export interface Rate {
  /** At least 1. */
  readonly count: number;
  /** Milliseconds, at least 1. */
  readonly perMs: number;
}

/** Completes the sentence "expected …". */
export const rateExpected = 'a rate such as `10/s`, `100/m` or `500/15m`';

/** Completes the sentence "expected …". */
export const byteRateExpected = 'a rate such as `500KB/s`, `2MB/s` or a number of bytes per second';

/**
 * Parses a rate: `10/s`, `100/m`, `500/15m`. Returns `undefined` for anything else, including a bare number and a rate
 * of 0.
 */
export function parseRate(value: unknown): Rate | undefined {
  const [, count, time = ''] = (typeof value === 'string' && /^([1-9]\d{0,15})\/(\w{1,20})$/.exec(value)) || [];
  const perMs = parseDuration(/^\d/.test(time) ? time : `1${time}`);
  if (perMs === undefined || perMs === 0 || !Number.isSafeInteger(Number(count))) return undefined;
  return { count: Number(count), perMs };
}

/** Formats a rate for `parseRate`: `100/m`. */
export function formatRate({ count, perMs }: Rate): string {
  return `${count}/${formatDuration(perMs).replace(/^1(?=[a-z])/, '')}`;
}

/** Guesses what an invalid rate was meant to be: `100/m` for `100/min` and `100 per minute`. */
export function meantRate(written: unknown): string | undefined {
  const [, count, time = ''] =
    (typeof written === 'string' && /^\s{0,9}(\d{1,16})\s{0,9}(?:\/|per)\s{0,9}([\w ]{1,20})$/.exec(written)) || [];
  const per = /^\d/.test(time) ? time : `1${time}`;
  const perMs = parseDuration(per) ?? parseDuration(meantDuration(per));
  const rate = perMs === undefined ? undefined : parseRate(`${count}/${formatDuration(perMs)}`);
  return rate === undefined ? undefined : formatRate(rate);
}

/**
 * Parses bytes per second: `2MB/s`, or a number of bytes. Returns `undefined` for anything else, and for a rate of 0.
 */
export function parseByteRate(value: unknown): number | undefined {
  const isText = typeof value === 'string';
  if (isText && !value.endsWith('/s')) return undefined;
  return parseSize(isText ? value.slice(0, -2) : value) || undefined;
}

/** Formats bytes per second for `parseByteRate`: `2MB/s`. */
export function formatByteRate(bytesPerSecond: number): string {
  return `${formatSize(bytesPerSecond)}/s`;
}

/** Guesses what invalid bytes per second were meant to be: `2MB/s` for `2MB`, `2 mb/s` and `2MB/sec`. */
export function meantByteRate(written: unknown): string | undefined {
  if (typeof written !== 'string') return undefined;
  const size = written.replace(/\s{0,9}(?:\/\s{0,9}s(?:ec(?:ond)?)?|ps)\s{0,9}$/i, '');
  const meant = parseSize(size) === undefined ? meantSize(size) : size;
  return meant === undefined || parseByteRate(`${meant}/s`) === undefined ? undefined : `${meant}/s`;
}
