import { describe, expect, it } from 'vitest';
import { BatchQueue, batchBytes, maxWaitingBytes } from './batch-queue.ts';

const line = `${'a'.repeat(999)}\n`;

describe('BatchQueue', () => {
  it('keeps lines whole and in order', () => {
    const queue = new BatchQueue();
    const lines = Array.from({ length: 500 }, (_, index) => `${index} ${'é'.repeat(index)}\n`);
    for (const each of lines) queue.add(each);
    let text = '';
    for (let batch = queue.take(); batch !== undefined; batch = queue.take()) {
      expect(batch.end).toBeLessThanOrEqual(batchBytes);
      text += batch.bytes.toString('utf8', 0, batch.end);
      expect(text.endsWith('\n')).toBe(true);
      queue.release(batch);
    }
    expect(text).toBe(lines.join(''));
  });

  it('gives a line that is longer than a batch one of its own', () => {
    const queue = new BatchQueue();
    const long = `${'b'.repeat(batchBytes)}\n`;
    queue.add(line);
    queue.add(long);
    queue.take();
    const batch = queue.take()!;
    expect(batch.bytes.toString('utf8', 0, batch.end)).toBe(long);
  });

  it('takes 8 MiB and no more until some is written', () => {
    const queue = new BatchQueue();
    let taken = 0;
    while (queue.add(line)) taken += 1;
    expect(taken).toBe(Math.floor(maxWaitingBytes / line.length));
    expect(queue.lines).toBe(taken);
    const batch = queue.take()!;
    expect(queue.add(line)).toBe(true);
    queue.putBack(batch);
    expect(queue.add(line)).toBe(false);
  });
});
