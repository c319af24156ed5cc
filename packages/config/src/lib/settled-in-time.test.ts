import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { settledInTime } from './settled-in-time.ts';

const never = new Promise<never>(() => undefined);

describe('settledInTime()', () => {
  it('gives the value or the error of work that settles', async () => {
    const clock = createManualClock();
    const before = process.listenerCount('beforeExit');
    expect(await settledInTime(5, clock)).toBe(5);
    expect(await settledInTime(Promise.resolve(6), clock)).toBe(6);
    await expect(settledInTime(Promise.reject(new TypeError('no')), clock)).rejects.toThrow(TypeError);
    expect(process.listenerCount('beforeExit')).toBe(before);
  });

  it('gives up after half a minute', async () => {
    const clock = createManualClock();
    const pending = settledInTime(never, clock);
    clock.advance(30_000);
    await expect(pending).rejects.toThrow('it was not done after 30s');
  });

  it('gives up when the process has nothing else to do', async () => {
    const pending = settledInTime(never, createManualClock());
    process.emit('beforeExit', 0);
    await expect(pending).rejects.toThrow('it waits for something that never comes');
  });
});
