import { describe, expect, it } from 'vitest';
import { formatFtpTime, parseFtpTime, splitTimeAndName } from './ftp-time.ts';

describe('parseFtpTime()', () => {
  it.each([
    ['20260131235959', Date.UTC(2026, 0, 31, 23, 59, 59)],
    ['20260131235959.25', Date.UTC(2026, 0, 31, 23, 59, 59, 250)],
    ['20260230000000', null],
    ['20260131245959', null],
    ['2026013123595', null],
    ['20260131235959Z', null],
    ['', null],
  ])('reads %s (RFC 3659 §2.3)', (text, time) => {
    expect(parseFtpTime(text)).toBe(time);
  });

  it('reads what formatFtpTime() writes', () => {
    expect(parseFtpTime(formatFtpTime(1_700_000_000_000))).toBe(1_700_000_000_000);
  });
});

describe('splitTimeAndName()', () => {
  it('keeps spaces of the name', () => {
    expect(splitTimeAndName('20260131235959 a b')?.name).toBe('a b');
    expect([splitTimeAndName('a b'), splitTimeAndName('20260131235959'), splitTimeAndName('20260131235959 ')]).toEqual([
      null,
      null,
      null,
    ]);
  });
});
