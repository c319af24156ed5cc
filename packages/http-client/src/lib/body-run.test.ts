import { describe, expect, it } from 'vitest';
import { BodyRun } from './body-run.ts';

describe('BodyRun', () => {
  it('moves together what chunk framing keeps apart, and begins anew', () => {
    const read = Buffer.from('1\r\na\r\n3\r\nbcd\r\n1\r\ne\r\nrest');
    const run = new BodyRun();
    for (const piece of ['a', 'bcd', 'e']) {
      const from = read.indexOf(piece);
      run.add(read, from, from + piece.length);
    }
    expect(Buffer.from(run.take(read)).toString()).toBe('abcde');
    expect(run.isEmpty).toBe(true);
    expect(read.subarray(-4).toString()).toBe('rest');
  });
});
