import { describe, expect, it } from 'vitest';
import { StartLines } from './start-lines.ts';

function open(): (worker: { pid: number }, lines: string) => string {
  const lines = new StartLines<{ pid: number }>();
  return (worker, text) => lines.take(worker, Buffer.from(text)).toString();
}

const [first, second, third] = [{ pid: 70101 }, { pid: 70202 }, { pid: 70303 }];

describe('StartLines', () => {
  it('passes a line on for the worker that writes it first', () => {
    const take = open();
    expect([
      take(first, 'a\nb\n'),
      take(second, 'a\nb\nc\n'),
      take(first, 'c\nd\n'),
      take(third, 'a\nb\nc\nd\n'),
    ]).toEqual(['a\nb\n', 'c\n', 'd\n', '']);
  });

  it('hears a worker whole from where it says something else', () => {
    const take = open();
    take(first, 'a\nb\nc\n');
    expect([take(second, 'a\nx\nc\n'), take(second, 'b\n'), take(third, 'a\nb\nc\n')]).toEqual(['x\nc\n', 'b\n', '']);
  });

  it('takes lines for the same that differ in the number of their process', () => {
    const take = open();
    expect(take(first, '(node:70101) Warning: old\n')).toBe('(node:70101) Warning: old\n');
    expect(take(second, '(node:70202) Warning: old\n')).toBe('');
  });

  it('does not touch bytes', () => {
    const lines = new StartLines<{ pid: number }>();
    const bytes = Buffer.from([0xff, 0xc3, 0xa4, 0, 10, 0x80]);
    expect(lines.take(first, bytes)).toEqual(bytes);
  });

  it('remembers a thousand lines, and none that is longer than four kibibytes', () => {
    const take = open();
    const many = Array.from({ length: 1001 }, (_, index) => `line ${index}\n`).join('');
    expect(take(first, many)).toBe(many);
    expect(take(second, many)).toBe('line 1000\n');
    const other = open();
    const long = `${'x'.repeat(4096)}\n`;
    expect([other(first, long), other(second, long)]).toEqual([long, long]);
  });
});
