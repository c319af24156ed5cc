import { describe, expect, it } from 'vitest';
import { isIncrementalOf, parsePriority, urgencyOf } from './priority-field.ts';

describe('parsePriority()', () => {
  it.each([
    ['', 3, false],
    ['u=0', 0, false],
    ['u=7, i', 7, true],
    ['i', 3, true],
    ['i=?1', 3, true],
    ['i=?0', 3, false],
    ['u=5;x=1,i;y', 5, true],
    ['u=8', 3, false],
    ['u=-1, i=1', 3, false],
    ['u="2"', 3, false],
    ['u=1, u=4', 4, false],
    ['unknown, u=2', 2, false],
  ])('%j is urgency %i, incremental %s', (value, urgency, isIncremental) => {
    const priority = parsePriority(value);
    expect([urgencyOf(priority), isIncrementalOf(priority)]).toEqual([urgency, isIncremental]);
  });
});
