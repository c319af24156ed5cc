import { describe, expect, it } from 'vitest';
import { parseCookieDate } from './cookie-date.ts';

const expected = Date.UTC(2021, 5, 9, 10, 18, 14);

describe('parseCookieDate()', () => {
  it.each([
    'Wed, 09 Jun 2021 10:18:14 GMT',
    'Wed, 09-Jun-2021 10:18:14 GMT',
    'Wednesday, 09-Jun-21 10:18:14 GMT',
    'Wed Jun  9 10:18:14 2021',
    '9 june 2021 10:18:14',
    '10:18:14 9 JUN 21',
  ])('reads %j (RFC 6265 §5.1.1)', (text) => expect(parseCookieDate(text)).toBe(expected));

  it.each([
    ['99', 1999],
    ['70', 1970],
    ['69', 2069],
    ['00', 2000],
  ])('takes the year %s for %d', (year, fullYear) => {
    expect(parseCookieDate(`01 Jan ${year} 00:00:00`)).toBe(Date.UTC(fullYear, 0, 1));
  });

  it.each([
    '',
    '0',
    'Wed, 09 Jun 2021',
    '09 2021 10:18:14',
    'Jun 2021 10:18:14',
    '31 Jun 2021 10:18:14',
    '09 Jun 1600 10:18:14',
    '09 Jun 2021 24:00:00',
    '09 Jun 2021 10:60:00',
    '09 Jun 2021 23:59:60',
    '09 Jun 2021 100:18:14',
  ])('refuses %j', (text) => expect(parseCookieDate(text)).toBeNull());
});
