import { describe, expect, it } from 'vitest';
import { createLineReader, parseLine } from './line-reader.ts';

function read(maxBytes: number, ...chunks: string[]): string[] {
  const seen: string[] = [];
  const reader = createLineReader(
    maxBytes,
    (line) => seen.push(line),
    () => seen.push('TOO LONG'),
  );
  for (const chunk of chunks) reader.read(Buffer.from(chunk));
  return seen;
}

describe('createLineReader()', () => {
  it('gives the same lines, wherever the bytes are split', () => {
    const bytes = 'one\r\ntwö\n\nthree\nrest';
    const all = Buffer.from(bytes);
    for (let at = 0; at <= all.length; at++) {
      const seen: string[] = [];
      const reader = createLineReader(
        100,
        (line) => seen.push(line),
        () => seen.push('TOO LONG'),
      );
      reader.read(all.subarray(0, at));
      reader.read(all.subarray(at));
      expect(seen).toEqual(['one', 'twö', 'three']);
    }
  });

  it('takes a line of exactly the limit, and not one of a byte more', () => {
    expect(read(4, '1234\n')).toEqual(['1234']);
    expect(read(4, '12345\n')).toEqual(['TOO LONG']);
    expect(read(4, '123', '45')).toEqual(['TOO LONG']);
  });

  it('goes on behind a line that is too long, wherever the bytes are split', () => {
    const all = `ok\n${'x'.repeat(20)}\nok\n\n12345\nok\n`;
    for (let at = 0; at <= all.length; at++) {
      expect(read(4, all.slice(0, at), all.slice(at))).toEqual(['ok', 'TOO LONG', 'ok', 'TOO LONG', 'ok']);
    }
    expect(read(4, ...all)).toEqual(['ok', 'TOO LONG', 'ok', 'TOO LONG', 'ok']);
  });

  it('keeps nothing of a line that has no end', () => {
    expect(read(4, ...Array<string>(1000).fill('x'.repeat(100)), '\nok\n')).toEqual(['TOO LONG', 'ok']);
  });
});

describe('parseLine()', () => {
  it('gives the value, or undefined', () => {
    expect(parseLine('{"a":1}')).toEqual({ a: 1 });
    expect(parseLine('{"a":')).toBeUndefined();
    expect(parseLine('')).toBeUndefined();
  });
});
