import { describe, expect, it } from 'vitest';
import { isAtLine, linesWithin } from './lines-within.ts';

const batchOf = (text: string, start = 0) => ({
  bytes: Buffer.from(`${text}garbage\n`),
  start,
  end: text.length,
  lines: 3,
});

describe('linesWithin()', () => {
  it.each([
    [0, 2],
    [1, 2],
    [4, 2],
    [5, 5],
    [8, 5],
    [9, 9],
    [99, 9],
  ])('of lines with 2, 3 and 4 bytes ends in %i bytes of room at %i', (room, end) => {
    expect(linesWithin(batchOf('1\n22\n333\n'), room)).toBe(end);
  });

  it('counts from what is not written yet, and never returns an end before it', () => {
    expect(linesWithin(batchOf('1\n22\n333\n', 2), 2)).toBe(5);
    expect(linesWithin(batchOf('1\n22\n333\n', 5), 7)).toBe(9);
  });
});

describe('isAtLine()', () => {
  it.each([
    [0, true],
    [1, false],
    [2, true],
    [3, false],
  ])('at %i is %s', (start, expected) => {
    expect(isAtLine(batchOf('1\n22\n', start))).toBe(expected);
  });
});
