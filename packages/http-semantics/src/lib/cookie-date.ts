import { fromCalendarTime, months } from './calendar.ts';

const delimiters = /[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]/;
const timePattern = /^([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[^0-9]|$)/;
const dayPattern = /^([0-9]{1,2})(?:[^0-9]|$)/;
const yearPattern = /^([0-9]{2,4})(?:[^0-9]|$)/;

/** Parses the Expires of a Set-Cookie leniently, as user agents do (RFC 6265 §5.1.1); null if it gives no date. */
export function parseCookieDate(text: string): number | null {
  let time: RegExpExecArray | null = null;
  let day: number | undefined;
  let month = -1;
  let year: number | undefined;
  for (const token of text.split(delimiters)) {
    const timeMatch: RegExpExecArray | null = time === null ? timePattern.exec(token) : null;
    const dayMatch = day === undefined ? dayPattern.exec(token) : null;
    const monthIndex = month < 0 ? monthOf(token) : -1;
    const yearMatch = year === undefined ? yearPattern.exec(token) : null;
    if (timeMatch !== null) time = timeMatch;
    else if (dayMatch !== null) day = Number(dayMatch[1]);
    else if (monthIndex >= 0) month = monthIndex;
    else if (yearMatch !== null) year = fullYear(Number(yearMatch[1]));
  }
  if (time === null || day === undefined || month < 0 || year === undefined || year < 1601) return null;
  const [hour, minute, second] = time.slice(1).map(Number) as [number, number, number];
  return second > 59 ? null : fromCalendarTime({ year, month, day, hour, minute, second });
}

function monthOf(token: string): number {
  const name = token.slice(0, 3).toLowerCase();
  return months.findIndex((month) => month.toLowerCase() === name);
}

function fullYear(year: number): number {
  if (year >= 70 && year <= 99) return year + 1900;
  return year < 70 ? year + 2000 : year;
}
