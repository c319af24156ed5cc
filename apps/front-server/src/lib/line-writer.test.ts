import { describe, expect, it } from 'vitest';
import { createLineWriter } from './line-writer.ts';

describe('createLineWriter()', () => {
  it('sends the lines of one turn together', async () => {
    const sent: string[] = [];
    const writer = createLineWriter((text) => sent.push(text));
    writer.write('a\n');
    writer.write('b\n');
    expect(sent).toEqual([]);
    await new Promise(setImmediate);
    writer.write('c\n');
    await new Promise(setImmediate);
    expect(sent).toEqual(['a\nb\n', 'c\n']);
  });

  it('sends at once when it is flushed, and nothing twice', async () => {
    const sent: string[] = [];
    const writer = createLineWriter((text) => sent.push(text));
    writer.write('a\n');
    writer.flush();
    writer.flush();
    await new Promise(setImmediate);
    expect(sent).toEqual(['a\n']);
  });
});
