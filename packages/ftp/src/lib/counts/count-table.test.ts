import { describe, expect, it } from 'vitest';
import { CountTable } from './count-table.ts';

describe('CountTable', () => {
  it('adds up to the maximum, over all holders', () => {
    const table = new CountTable();
    expect([table.add('a', 1, 2, 'x'), table.add('a', 1, 2, 'y'), table.add('a', 1, 2, 'x')]).toEqual([
      true,
      true,
      false,
    ]);
    table.remove('a', 1, 'y');
    expect([table.add('a', 1, 2, 'x'), table.add('b', 3, 2, 'x')]).toEqual([true, false]);
  });

  it('forgets what a holder has added when it leaves', () => {
    const table = new CountTable();
    table.add('a', 2, 3, 'x');
    table.add('a', 1, 3, 'y');
    table.leave('x');
    expect([table.add('a', 2, 3, 'y'), table.add('a', 1, 3, 'y')]).toEqual([true, false]);
  });

  it('measures a count that is not known, or that nobody has held for a minute', () => {
    const table = new CountTable();
    expect(table.hold('q', 0, 'x')).toBe(false);
    table.measured('q', 10, 0, 'x');
    expect([table.add('q', 5, 15, 'x'), table.add('q', 1, 15, 'x')]).toEqual([true, false]);
    expect(table.hold('q', 90_000, 'y')).toBe(true); // x holds it
    table.release('q', false, 'x');
    table.release('q', false, 'y');
    expect(table.hold('q', 90_000, 'x')).toBe(false);
  });

  it('believes the first who has measured, since others may have written meanwhile', () => {
    const table = new CountTable();
    table.measured('q', 10, 0, 'x');
    table.add('q', 5, 100, 'x');
    table.measured('q', 11, 0, 'y');
    expect([table.add('q', 85, 100, 'y'), table.add('q', 1, 100, 'y')]).toEqual([true, false]);
  });

  it('measures again what may be wrong: somebody said so, or is gone', () => {
    const table = new CountTable();
    table.measured('q', 10, 0, 'x');
    table.release('q', true, 'x');
    expect(table.hold('q', 1, 'x')).toBe(false);
    table.measured('q', 10, 0, 'x');
    table.leave('x');
    expect(table.hold('q', 1, 'y')).toBe(false);
  });

  it('measures a count to which something was added before', () => {
    const table = new CountTable();
    table.add('q', 5, 100, 'x'); // its question whether the count is known was not answered in time
    expect(table.hold('q', 0, 'y')).toBe(false);
    table.measured('q', 95, 0, 'y');
    expect([table.add('q', 6, 100, 'y'), table.add('q', 5, 100, 'y')]).toEqual([false, true]);
  });

  it('never counts below 0, and keeps no count that is not known', () => {
    const table = new CountTable();
    table.measured('q', 10, 0, 'x');
    table.remove('q', 50, 'x');
    table.remove('none', 50, 'x');
    expect([table.add('q', 11, 10, 'x'), table.add('none', 11, 10, 'x'), table.add('q', 10, 10, 'x')]).toEqual([
      false,
      false,
      true,
    ]);
  });
});
