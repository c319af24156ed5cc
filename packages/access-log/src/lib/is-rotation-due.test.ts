import { describe, expect, it } from 'vitest';
import { isRotationDue } from './is-rotation-due.ts';

const day = 86_400_000;
const file = { sizeBytes: 900, headerBytes: 0, since: 10 * day + 5 };

describe('isRotationDue()', () => {
  it.each([
    ['before the file would get too large', { sizeBytes: 1000 }, file, 101, file.since, true],
    ['not when the batch just fits', { sizeBytes: 1000 }, file, 100, file.since, false],
    ['not for an empty file, however large the batch', { sizeBytes: 1000 }, { ...file, sizeBytes: 0 }, 5000, 0, false],
    ['not for a file with nothing but its header', { sizeBytes: 100 }, { ...file, headerBytes: 900 }, 5000, 0, false],
    ['at the first line of the next day', { everyMs: day }, file, 1, 11 * day, true],
    ['not on the same day', { everyMs: day }, file, 1, 11 * day - 1, false],
    ['not when the clock goes back', { everyMs: day }, file, 1, 9 * day, false],
    ['never without a size and a time', { sizeBytes: null, everyMs: null }, file, 1e9, 99 * day, false],
  ])('%s', (_what, rotate, state, batchBytes, now, isDue) => {
    expect(isRotationDue(rotate, state, batchBytes, now)).toBe(isDue);
  });
});
