import { describe, expect, it } from 'vitest';
import { createLineWriter, type LineStream } from './line-writer.ts';

/** A stream whose reader takes everything, until `writableLength` is set. */
function openStream(): { sent: string[]; stream: LineStream & { writableLength: number } } {
  const sent: string[] = [];
  return { sent, stream: { writableLength: 0, write: (text) => sent.push(text) } };
}

describe('createLineWriter()', () => {
  it('sends the lines of one turn together', async () => {
    const { sent, stream } = openStream();
    const writer = createLineWriter(stream);
    writer.write('a\n');
    writer.write('b\n');
    expect(sent).toEqual([]);
    await new Promise(setImmediate);
    writer.write('c\n');
    await new Promise(setImmediate);
    expect(sent).toEqual(['a\nb\n', 'c\n']);
  });

  it('sends at once when it is flushed, and nothing twice', async () => {
    const { sent, stream } = openStream();
    const writer = createLineWriter(stream);
    writer.write('a\n');
    writer.flush();
    writer.flush();
    await new Promise(setImmediate);
    expect(sent).toEqual(['a\n']);
  });

  it('drops lines while nobody reads instead of keeping them, and says how many', () => {
    const { sent, stream } = openStream();
    const writer = createLineWriter(stream);
    const say = (...lines: string[]): void => {
      for (const line of lines) writer.write(line);
      writer.flush();
    };
    stream.writableLength = 9_000_000;
    say('a\n', 'b\n');
    say('c\n');
    stream.writableLength = 0;
    say('d\n');
    say('e\n');
    expect(sent).toEqual(['(3 lines are missing here: nobody was reading)\nd\n', 'e\n']);
  });
});
