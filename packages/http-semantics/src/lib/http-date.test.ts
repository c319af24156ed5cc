import { describe, expect, it } from 'vitest';
import { formatHttpDate, parseHttpDate } from './http-date.ts';

const example = Date.UTC(1994, 10, 6, 8, 49, 37);
const nowMs = Date.UTC(2026, 5, 15);

describe('parseHttpDate()', () => {
  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'reads %j (RFC 9110 §5.6.7)',
    (text) => expect(parseHttpDate(text, { nowMs })).toBe(example),
  );

  it.each([
    ['Thu, 29 Feb 2024 00:00:00 GMT', Date.UTC(2024, 1, 29)],
    ['Tue, 29 Feb 2000 00:00:00 GMT', Date.UTC(2000, 1, 29)],
    ['Sat, 31 Dec 2016 23:59:60 GMT', Date.UTC(2017, 0, 1)],
    ['Mon Feb 29 23:59:59 2016', Date.UTC(2016, 1, 29, 23, 59, 59)],
    ['Fri, 31 Dec 9999 23:59:59 GMT', Date.UTC(9999, 11, 31, 23, 59, 59)],
  ])('reads %j', (text, expected) => expect(parseHttpDate(text)).toBe(expected));

  it.each([
    ['Thursday, 15-Jun-76 00:00:00 GMT', null],
    ['Monday, 15-Jun-76 00:00:00 GMT', Date.UTC(2076, 5, 15)],
    ['Wednesday, 16-Jun-76 00:00:00 GMT', Date.UTC(1976, 5, 16)],
    ['Saturday, 01-Jan-77 00:00:00 GMT', Date.UTC(1977, 0, 1)],
    ['Saturday, 01-Jan-00 00:00:00 GMT', Date.UTC(2000, 0, 1)],
  ])('places the year of %j no more than 50 years ahead', (text, expected) => {
    expect(parseHttpDate(text, { nowMs })).toBe(expected);
  });

  it('reads two digits across the turn of a century', () => {
    const atEndOfCentury = Date.UTC(2099, 5, 1);
    expect(parseHttpDate('Saturday, 01-Jan-01 00:00:00 GMT', { nowMs: atEndOfCentury })).toBe(Date.UTC(2101, 0, 1));
  });

  it.each([
    ['a weekday that does not fit', 'Mon, 06 Nov 1994 08:49:37 GMT'],
    ['a day that does not exist', 'Thu, 30 Feb 2023 00:00:00 GMT'],
    ['29 February of a common year', 'Wed, 29 Feb 2023 00:00:00 GMT'],
    ['29 February of 1900', 'Thu, 29 Feb 1900 00:00:00 GMT'],
    ['day 0', 'Mon, 00 Jan 2024 00:00:00 GMT'],
    ['hour 24', 'Sun, 06 Nov 1994 24:00:00 GMT'],
    ['minute 60', 'Sun, 06 Nov 1994 08:60:00 GMT'],
    ['second 60 within a day', 'Sun, 06 Nov 1994 08:49:60 GMT'],
    ['second 61', 'Sat, 31 Dec 2016 23:59:61 GMT'],
    ['lower case', 'sun, 06 nov 1994 08:49:37 gmt'],
    ['another zone', 'Sun, 06 Nov 1994 08:49:37 UTC'],
    ['an offset', 'Sun, 06 Nov 1994 08:49:37 +0000'],
    ['one digit for the day', 'Sun, 6 Nov 1994 08:49:37 GMT'],
    ['a short weekday with a two-digit year', 'Sun, 06-Nov-94 08:49:37 GMT'],
    ['white space around', ' Sun, 06 Nov 1994 08:49:37 GMT'],
    ['a line break behind', 'Sun, 06 Nov 1994 08:49:37 GMT\n'],
    ['ISO 8601', '1994-11-06T08:49:37Z'],
    ['a number', '0'],
    ['nothing', ''],
  ])('refuses %s', (_name, text) => expect(parseHttpDate(text, { nowMs })).toBeNull());
});

describe('formatHttpDate()', () => {
  it('writes IMF-fixdate, cutting milliseconds', () => {
    expect(formatHttpDate(example + 999)).toBe('Sun, 06 Nov 1994 08:49:37 GMT');
  });

  it('is read back for every second tried', () => {
    for (let timeMs = Date.UTC(50, 0); timeMs < Date.UTC(9999, 0); timeMs += 98_765_432_000) {
      expect(parseHttpDate(formatHttpDate(timeMs))).toBe(timeMs);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Date.UTC(10000, 0), -1e15])('throws for %d', (timeMs) => {
    expect(() => formatHttpDate(timeMs)).toThrow(expect.objectContaining({ code: 'SEMANTICS_INVALID_DATE' }));
  });
});
