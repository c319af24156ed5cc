import { type CalendarTime, fromCalendarTime, months } from './calendar.ts';
import { SemanticsError } from './errors.ts';

/** Options of `parseHttpDate`. */
export interface ParseHttpDateOptions {
  /** The current time, which decides the century of RFC 850 dates. Default: `Date.now()`. */
  readonly nowMs?: number;
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const time = '(?<hour>[0-9]{2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})';
const month = `(?<month>${months.join('|')})`;
const shortDay = `(?<weekday>${days.map((day) => day.slice(0, 3)).join('|')})`;
const fixdatePattern = new RegExp(`^${shortDay}, (?<day>[0-9]{2}) ${month} (?<year>[0-9]{4}) ${time} GMT$`);
const asctimePattern = new RegExp(`^${shortDay} ${month} (?<day>[0-9]{2}| [0-9]) ${time} (?<year>[0-9]{4})$`);
const rfc850Pattern = new RegExp(
  `^(?<weekday>${days.join('|')}), (?<day>[0-9]{2})-${month}-(?<year>[0-9]{2}) ${time} GMT$`,
);

/**
 * Parses an HTTP date in any of its three forms (RFC 9110 §5.6.7), as milliseconds since 1970, or null.
 *
 * Strict: letter case counts, and the day must exist and match its weekday. Second 60 is accepted at 23:59 only, and
 * means the next midnight. A two-digit year is the latest one that is no more than 50 years ahead.
 */
export function parseHttpDate(text: string, options: ParseHttpDateOptions = {}): number | null {
  const groups = (fixdatePattern.exec(text) ?? asctimePattern.exec(text))?.groups;
  if (groups !== undefined) return resolve(groups, Number(groups['year']));
  const rfc850Groups = rfc850Pattern.exec(text)?.groups;
  return rfc850Groups === undefined ? null : resolveTwoDigitYear(rfc850Groups, options.nowMs ?? Date.now());
}

/**
 * Formats milliseconds since 1970 as an HTTP date, dropping fractions of a second. Throws `SEMANTICS_INVALID_DATE`
 * outside the years 0 to 9999.
 */
export function formatHttpDate(timeMs: number): string {
  const date = new Date(timeMs);
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) throw new SemanticsError('SEMANTICS_INVALID_DATE', String(timeMs));
  return date.toUTCString();
}

function resolveTwoDigitYear(groups: Record<string, string>, nowMs: number): number | null {
  const latest = new Date(nowMs);
  latest.setUTCFullYear(latest.getUTCFullYear() + 50);
  const latestYear = latest.getUTCFullYear();
  const year = latestYear - ((latestYear - Number(groups['year'])) % 100);
  const timeMs = fromCalendarTime(toCalendarTime(groups, year));
  const isTooFarAhead = timeMs !== null && timeMs > latest.getTime();
  return resolve(groups, isTooFarAhead ? year - 100 : year);
}

function resolve(groups: Record<string, string>, year: number): number | null {
  const calendarTime = toCalendarTime(groups, year);
  const timeMs = fromCalendarTime(calendarTime);
  const midnightMs = fromCalendarTime({ ...calendarTime, hour: 0, minute: 0, second: 0 });
  if (timeMs === null || midnightMs === null) return null;
  return days[new Date(midnightMs).getUTCDay()]?.startsWith(groups['weekday'] ?? '') ? timeMs : null;
}

function toCalendarTime(groups: Record<string, string>, year: number): CalendarTime {
  return {
    year,
    month: months.indexOf(groups['month'] ?? ''),
    day: Number(groups['day']),
    hour: Number(groups['hour']),
    minute: Number(groups['minute']),
    second: Number(groups['second']),
  };
}
