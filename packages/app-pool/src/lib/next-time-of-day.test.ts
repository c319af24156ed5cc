import { expect, it } from 'vitest';
import { nextTimeOfDay } from './next-time-of-day.ts';

const at = (day: number, hour: number, minute = 0): number => new Date(2026, 0, day, hour, minute).getTime();

it.each([
  ['later on this day', [180, 900], at(5, 12), at(5, 15)],
  ['on the next day', [180], at(5, 12), at(6, 3)],
  ['not now', [720], at(5, 12), at(6, 12)],
  ['at the end of a month', [0], at(31, 23), new Date(2026, 1, 1).getTime()],
  ['never', [], at(5, 12), Number.POSITIVE_INFINITY],
])('finds the next time %s', (_, minutes, now, expected) => {
  expect(nextTimeOfDay(minutes, now)).toBe(expected);
});
