import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { StderrLines } from './stderr-lines.ts';

async function forwarded(...chunks: string[]): Promise<{ pieces: string[]; last: readonly string[] }> {
  const stream = new PassThrough();
  const pieces: string[] = [];
  const lines = new StderrLines(stream, (piece) => pieces.push(piece.toString()));
  for (const chunk of chunks) {
    stream.write(chunk);
    await new Promise((resolve) => setImmediate(resolve));
  }
  stream.end();
  stream.destroy();
  await lines.ended;
  return { pieces, last: lines.last };
}

describe('StderrLines', () => {
  it('passes on whole lines only, so that those of several workers do not mix', async () => {
    expect((await forwarded('one\ntw', 'o\nthree\n')).pieces).toEqual(['one\n', 'two\nthree\n']);
  });

  it('ends the last line', async () => {
    expect((await forwarded('one\ntwo')).pieces).toEqual(['one\n', 'two\n']);
  });

  it('passes on what never ends in pieces', async () => {
    const { pieces } = await forwarded('x'.repeat(70_000), 'y\n');
    expect(pieces.map((piece) => piece.length)).toEqual([70_000, 2]);
  });

  it('remembers the last twenty lines, and no more than 4 KiB', async () => {
    const many = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    expect((await forwarded(`${many.join('\n')}\n`)).last).toEqual(many.slice(-20));
    expect((await forwarded('x'.repeat(10_000))).last.join('').length).toBe(4096);
  });
});
