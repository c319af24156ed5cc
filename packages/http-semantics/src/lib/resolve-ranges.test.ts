import { describe, expect, it } from 'vitest';
import { resolveRanges } from './resolve-ranges.ts';

function inBrief(range: string | undefined, length: number, maxRanges?: number): string {
  const result = resolveRanges(range, length, maxRanges === undefined ? {} : { maxRanges });
  return result.kind === 'ranges' ? result.ranges.map(({ start, end }) => `${start}-${end}`).join() : result.kind;
}

describe('resolveRanges()', () => {
  it.each([
    ['bytes=0-0', 1000, '0-0'],
    ['bytes=0-499', 1000, '0-499'],
    ['bytes=-500', 1000, '500-999'],
    ['bytes=500-', 1000, '500-999'],
    ['bytes=0-', 1000, '0-999'],
    ['bytes=-1', 1000, '999-999'],
    ['bytes=-5000', 1000, '0-999'],
    ['bytes=999-5000', 1000, '999-999'],
    ['bytes=1000-', 1000, 'unsatisfiable'],
    ['bytes=-0', 1000, 'unsatisfiable'],
    ['bytes=-0, 5-6', 1000, '5-6'],
    ['bytes=2000-, -0', 1000, 'unsatisfiable'],
    ['bytes=0-0', 0, 'unsatisfiable'],
    ['bytes=0-', 0, 'unsatisfiable'],
    ['bytes=-500', 0, 'full'],
    ['bytes=0-0, -1', 1000, '0-0,999-999'],
    ['bytes=500-600, 0-10', 1000, '500-600,0-10'],
    ['bytes=500-600, 601-999', 1000, '500-999'],
    ['bytes=500-700, 601-999', 1000, '500-999'],
    ['bytes=0-9, 11-20', 1000, '0-9,11-20'],
    ['bytes=20-30, 0-5, 25-40, 3-10', 1000, '20-40,0-10'],
    ['bytes=0-999, 5-6', 1000, '0-999'],
    ['bytes=5-3', 1000, 'full'],
    ['bytes=abc', 1000, 'full'],
    ['items=0-5', 1000, 'full'],
    [undefined, 1000, 'full'],
  ])('resolves %j of %d bytes to %s (RFC 9110 §14.2)', (range, length, expected) => {
    expect(inBrief(range, length)).toBe(expected);
  });

  it.each([
    ['bytes=0-18446744073709551615', '0-999'],
    ['bytes=18446744073709551615-', 'unsatisfiable'],
    ['bytes=-18446744073709551615', '0-999'],
    ['bytes=-9223372036854775608', '0-999'],
    [`bytes=-9223372036854775608, -${'9'.repeat(500)}`, '0-999'],
    ['bytes=9007199254740993-9007199254740992', 'unsatisfiable'],
  ])('does not overflow on %j', (range, expected) => expect(inBrief(range, 1000)).toBe(expected));

  it('never sends more than the representation, however the ranges overlap', () => {
    for (const range of [
      'bytes=0-,0-,0-,0-',
      'bytes=0-,1-,2-,3-,4-,5-',
      'bytes=-1,-2,-3,-1000',
      'bytes=0-600,400-999',
    ]) {
      const result = resolveRanges(range, 1000);
      const total =
        result.kind === 'ranges' ? result.ranges.reduce((sum, { start, end }) => sum + end - start + 1, 0) : 0;
      expect(total).toBeLessThanOrEqual(1000);
    }
  });

  it('ignores Range above the limit of ranges', () => {
    const ranges = (count: number) =>
      `bytes=${Array.from({ length: count }, (_, index) => `${index * 2}-${index * 2}`)}`;
    expect(inBrief(ranges(16), 1000)).toMatch(/^0-0,2-2/);
    expect(inBrief(ranges(17), 1000)).toBe('full');
    expect(inBrief('bytes=0-0,5-5', 1000, 1)).toBe('full');
  });

  it.each([[-1], [1.5], [Number.NaN], [2 ** 53]])('throws for a length of %d', (length) => {
    expect(() => resolveRanges('bytes=0-0', length)).toThrow(
      expect.objectContaining({ code: 'SEMANTICS_INVALID_RANGE' }),
    );
  });

  it('throws for a limit below 1', () => {
    expect(() => resolveRanges(undefined, 1, { maxRanges: 0 })).toThrow(
      expect.objectContaining({ code: 'SEMANTICS_INVALID_RANGE' }),
    );
  });
});
