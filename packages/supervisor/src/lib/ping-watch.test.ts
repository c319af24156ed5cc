import { describe, expect, it } from 'vitest';
import { PingWatch, pingTickMs } from './ping-watch.ts';

const times = { intervalMs: 30_000, timeoutMs: 90_000 };

function ticks(watch: PingWatch, count: number): Set<string> {
  return new Set(Array.from({ length: count }, () => watch.tick()));
}

describe('pingTickMs()', () => {
  it('is a tenth of the shorter time', () => {
    expect(pingTickMs(times)).toBe(3000);
    expect(pingTickMs({ intervalMs: 1000, timeoutMs: 100 })).toBe(10);
  });
});

describe('PingWatch', () => {
  it('asks after the interval, and gives up after the timeout', () => {
    const watch = new PingWatch(times);
    expect(ticks(watch, 9)).toEqual(new Set(['wait']));
    expect(watch.tick()).toBe('ask');
    expect(ticks(watch, 29)).toEqual(new Set(['wait']));
    expect(watch.tick()).toBe('give-up');
    expect(watch.tick()).toBe('give-up'); // a worker with a debugger is not killed at once
  });

  it('begins anew with an answer', () => {
    const watch = new PingWatch(times);
    for (let round = 0; round < 3; round++) {
      expect(ticks(watch, 9)).toEqual(new Set(['wait']));
      expect(watch.tick()).toBe('ask');
      expect(ticks(watch, 29)).toEqual(new Set(['wait']));
      watch.answered();
    }
  });

  it('takes no answer before the question', () => {
    const watch = new PingWatch(times);
    for (let count = 0; count < 9; count++) {
      watch.tick();
      watch.answered();
    }
    expect(watch.tick()).toBe('ask');
  });
});
