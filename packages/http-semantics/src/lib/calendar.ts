/** Month names in HTTP dates. */
export const months: readonly string[] = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** A day and time in UTC; `month` counts from 0. */
export interface CalendarTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Converts to milliseconds since 1970; null for a day or time that does not exist, such as 30 February or 24:00. */
export function fromCalendarTime(time: CalendarTime): number | null {
  const { year, month, day, hour, minute, second } = time;
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  if (date.getUTCMonth() !== month || date.getUTCDate() !== day) return null;
  // RFC 9110 §5.6.7: time-of-day runs from 00:00:00 to 23:59:60, the leap second.
  const isLeapSecond = hour === 23 && minute === 59 && second === 60;
  if (hour > 23 || minute > 59 || (second > 59 && !isLeapSecond)) return null;
  return date.setUTCHours(hour, minute, second);
}
