import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from './system-clock.ts';

const day = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }); // these wait 1 ms above 2^31 - 1, like Node's
});

afterEach(() => {
  vi.useRealTimers();
});

describe('systemClock.schedule()', () => {
  it.each([2 ** 31, 60 * day])('waits %d ms, of which Node alone would make 1', (delayMs) => {
    let calls = 0;
    systemClock.schedule(delayMs, () => {
      calls += 1;
    });
    vi.advanceTimersByTime(delayMs - 1);
    expect(calls).toBe(0);
    vi.advanceTimersByTime(1);
    expect(calls).toBe(1);
  });

  it('never calls back after Infinity', () => {
    let calls = 0;
    const stop = systemClock.schedule(Number.POSITIVE_INFINITY, () => {
      calls += 1;
    });
    vi.advanceTimersByTime(1000 * day);
    expect(calls).toBe(0);
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([0, 30])('can be stopped after %d days of 60', (days) => {
    const stop = systemClock.schedule(60 * day, () => expect.unreachable());
    vi.advanceTimersByTime(days * day);
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
