import { describe, expect, it } from 'vitest';
import { createLineWriter } from './line-writer.ts';

/** A stream whose reader takes everything until `isStopped` is set, and the held rest when `go()` is called. */
function openStream() {
  const sent: string[] = [];
  const held: { readonly text: string; readonly written: () => void }[] = [];
  const stream = {
    isStopped: false as boolean,
    get writableLength() {
      return held.reduce((size, { text }) => size + text.length, 0);
    },
    write(text: string, written: () => void) {
      if (stream.isStopped) {
        held.push({ text, written });
        return;
      }
      sent.push(text);
      process.nextTick(written);
    },
  };
  const takeHeld = (): void => {
    for (const { text, written } of held.splice(0)) {
      sent.push(text);
      written();
    }
  };
  const go = (): void => {
    stream.isStopped = false;
    takeHeld();
  };
  return { sent, held, stream, takeHeld, go };
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

  it('keeps what a slow reader does not take, and sends it in order when it does', async () => {
    const { sent, held, stream, go } = openStream();
    const writer = createLineWriter(stream);
    stream.isStopped = true;
    for (const line of ['a\n', 'b\n', 'c\n']) {
      writer.write(line);
      writer.flush();
    }
    expect(held.map(({ text }) => text)).toEqual(['a\n']);
    go();
    await new Promise(setImmediate);
    expect(sent).toEqual(['a\n', 'b\nc\n']);
  });

  it('gives no stream more than 64 KiB at a time, but a longer line whole', async () => {
    const { sent, stream } = openStream();
    const writer = createLineWriter(stream);
    const line = `${'x'.repeat(999)}\n`;
    for (let count = 0; count < 100; count++) writer.write(line);
    writer.write(`${'y'.repeat(100_000)}\n`);
    await new Promise(setImmediate);
    expect(sent.map(({ length }) => length)).toEqual([65_000, 35_000, 100_001]);
  });

  it('drops lines while nobody reads instead of keeping them, and says how many', async () => {
    const { sent, stream, go } = openStream();
    const writer = createLineWriter(stream);
    stream.isStopped = true;
    writer.write('a\n');
    writer.flush();
    const line = `${'x'.repeat(1_000_000)}\n`;
    for (let count = 0; count < 9; count++) writer.write(line);
    writer.write('lost\n');
    writer.write('lost too\n');
    go();
    writer.write('b\n');
    await new Promise(setImmediate);
    expect(sent.map((text) => text.slice(0, 60))).toEqual([
      'a\n',
      ...Array.from({ length: 9 }, () => 'x'.repeat(60)),
      '(2 lines are missing here: nobody was reading)\nb\n',
    ]);
  });

  it('keeps order and count with a reader that is always behind', async () => {
    const { sent, stream, takeHeld, go } = openStream();
    const writer = createLineWriter(stream);
    const count = 1500;
    stream.isStopped = true;
    for (let number = 0; number < count; number++) {
      writer.write(`${number} ${'x'.repeat(30_000)}\n`);
      writer.flush();
      if (number % 3 === 0) takeHeld();
    }
    go();
    await new Promise(setImmediate);
    expect(writer.close()).toBe(0);
    let expected = 0;
    let missing = 0;
    for (const line of sent.join('').split('\n').slice(0, -1)) {
      const gap = Number(/^\((\d+) lines? (?:is|are) missing/.exec(line)?.[1] ?? 0);
      missing += gap;
      if (gap === 0) expect(line.split(' ')[0]).toBe(String(expected));
      expected += gap || 1;
    }
    expect(expected).toBe(count);
    expect(missing).toBeGreaterThan(0);
  });

  it('tells at the end of lines that were dropped, and how many wait where nothing can be written any more', () => {
    const open = openStream();
    const writer = createLineWriter(open.stream);
    writer.write('a\n');
    expect(writer.close()).toBe(0);
    expect(open.sent).toEqual(['a\n']);

    const { stream } = openStream();
    const stuck = createLineWriter(stream);
    stream.isStopped = true;
    stuck.write('a\n');
    stuck.flush();
    stuck.write('b\n');
    stuck.write('c\n');
    expect(stuck.close()).toBe(3);
    expect(stuck.close()).toBe(0);
  });
});
