import type { Logger } from '@windhover/core';
import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import type { Batch } from './batch-queue.ts';
import type { BatchTarget } from './batch-target.ts';
import { QueuedSink } from './queued-sink.ts';

/** A target that writes into `text`, and fails while `fault` is set, in the middle of a batch. */
class FakeTarget implements BatchTarget {
  readonly name = 'fake';
  text = '';
  fault: 'open' | 'write' | null = null;
  writes = 0;
  isClosed = false;

  async open(): Promise<void> {
    if (this.fault === 'open') throw new Error('no way');
  }

  async write(batch: Batch): Promise<void> {
    const end = this.fault === null ? batch.end : batch.start + 1;
    this.writes += 1;
    this.writeNow({ ...batch, end });
    batch.start = end;
    if (this.fault !== null) throw new Error('full');
  }

  writeNow({ bytes, start, end }: Batch): void {
    this.text += bytes.toString('latin1', start, end);
  }

  reopen(): void {
    // nothing is kept
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

function start() {
  const target = new FakeTarget();
  const messages: string[] = [];
  const say = (message: string, facts: Readonly<Record<string, unknown>> = {}): void => {
    messages.push(facts['lines'] === undefined ? message : `${message}: ${facts['lines'] as number}`);
  };
  const log: Logger = { debug: say, info: say, warn: say, error: say };
  const clock = createManualClock();
  return { target, messages, clock, sink: new QueuedSink(target, { clock, log }) };
}

/** Lets everything that waits for promises happen. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('QueuedSink', () => {
  it.each(['open', 'write'] as const)(
    'keeps lines while %s fails, tries again each second, and tells it once',
    async (fault) => {
      const { target, messages, clock, sink } = start();
      target.fault = fault;
      sink.write('one\n');
      clock.advance(100);
      await settle();
      sink.write('two\n');
      clock.advance(999);
      await settle();
      expect(target.writes).toBe(fault === 'open' ? 0 : 1);
      target.fault = null;
      clock.advance(1);
      await settle();
      expect(target.text).toBe('one\ntwo\n');
      expect(messages).toEqual(['The access log cannot be written', 'The access log is written again']);
    },
  );

  it('drops lines beyond 8 MiB, and says how many once it can write again', async () => {
    const { target, messages, clock, sink } = start();
    target.fault = 'open';
    const line = `${'a'.repeat(1023)}\n`;
    sink.write(line);
    clock.advance(100);
    await settle();
    for (let count = 1; count < 8192 + 5; count++) sink.write(line);
    target.fault = null;
    clock.advance(1000);
    await settle();
    expect(target.text.length).toBe(8 * 1024 * 1024);
    expect(messages.at(-1)).toBe('Lines of the access log are lost: 5');
  });

  it('says at the first lost line that the target is too slow', () => {
    const { messages, sink } = start();
    for (let count = 0; count < 8195; count++) sink.write(`${'a'.repeat(1023)}\n`);
    expect(messages).toEqual(['The access log is written too slowly: lines are dropped']);
  });

  it('writes at once what fills a batch', async () => {
    const { target, sink } = start();
    for (let count = 0; count < 100; count++) sink.write(`${'a'.repeat(1023)}\n`);
    await settle();
    expect(target.text.length).toBe(100 * 1024);
  });

  it('tries once more when it is closed, and counts the lines that are left', async () => {
    const { target, messages, sink } = start();
    target.fault = 'open';
    sink.write('one\n');
    sink.write('two\n');
    await sink.close();
    expect(target.isClosed).toBe(true);
    expect(messages).toEqual(['The access log cannot be written', 'Lines of the access log are lost: 2']);
  });

  it('writes the waiting lines when the process exits, but not the ones being written', async () => {
    const { target, sink } = start();
    sink.write('one\n');
    const flushed = sink.flush();
    await settle();
    sink.write('two\n');
    sink.writeNow();
    await flushed;
    expect(target.text).toBe('one\ntwo\n');
  });

  it('leaves no timer behind when all is written', async () => {
    const { clock, sink } = start();
    sink.write('one\n');
    await sink.flush();
    await settle();
    expect(clock.pending).toBe(0);
  });
});
