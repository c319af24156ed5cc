import { afterEach, expect, it, vi } from 'vitest';
import { DateLine } from './date-line.ts';

afterEach(() => {
  vi.useRealTimers();
});

function setCalendar(time: string): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(time) });
}

it('follows the calendar, however its clock is set', () => {
  const date = new DateLine();
  setCalendar('2026-01-01T00:00:00.900Z');
  expect(date.at(5000)).toBe('Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n');
  setCalendar('2026-01-01T00:00:00.999Z');
  expect(date.at(5099)).toBe('Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n');
  setCalendar('2026-01-01T00:00:01.000Z');
  expect(date.at(5100)).toBe('Date: Thu, 01 Jan 2026 00:00:01 GMT\r\n');
});

it('is a second late at most when the calendar jumps', () => {
  const date = new DateLine();
  setCalendar('2026-01-01T00:00:00.000Z');
  date.at(0);
  setCalendar('2026-01-01T12:00:00.000Z');
  expect(date.at(1000)).toBe('Date: Thu, 01 Jan 2026 12:00:00 GMT\r\n');
});

it('does not trust a clock that goes back', () => {
  const date = new DateLine();
  setCalendar('2026-01-01T00:00:00.000Z');
  date.at(1_000_000);
  setCalendar('2026-01-01T00:00:05.000Z');
  expect(date.at(0)).toBe('Date: Thu, 01 Jan 2026 00:00:05 GMT\r\n');
});
