import { describe, expect, it } from 'vitest';
import { Gate } from './gate.ts';

describe('Gate', () => {
  it('runs two at a time, the others in their order, also after failures', async () => {
    const gate = new Gate(2, 2);
    const started: number[] = [];
    const ends: (() => void)[] = [];
    const tasks = [0, 1, 2, 3].map((number) =>
      gate.run(async () => {
        started.push(number);
        await new Promise<void>((resolve) => ends.push(resolve));
        if (number === 0) throw new Error('failed');
      }),
    );
    expect([started, gate.isFull]).toEqual([[0, 1], true]);
    ends[0]!();
    await expect(tasks[0]).rejects.toThrow('failed');
    expect([started, gate.isFull]).toEqual([[0, 1, 2], false]);
    ends[1]!();
    ends[2]!();
    await tasks[1];
    await tasks[2];
    ends[3]!();
    await tasks[3];
    expect(started).toEqual([0, 1, 2, 3]);
  });
});
