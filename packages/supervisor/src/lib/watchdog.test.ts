import { describe, expect, it } from 'vitest';
import { watchdogPeriodMs } from './watchdog.ts';

describe('watchdogPeriodMs()', () => {
  it.each([
    [{ WATCHDOG_USEC: '180000000' }, 60_000],
    [{ WATCHDOG_USEC: '180000000', WATCHDOG_PID: '7' }, 60_000],
    [{ WATCHDOG_USEC: '180000000', WATCHDOG_PID: '8' }, null],
    [{ WATCHDOG_USEC: '1' }, 100],
    [{ WATCHDOG_USEC: '0' }, null],
    [{ WATCHDOG_USEC: 'soon' }, null],
    [{}, null],
  ])('for %j is %s', (env, expected) => {
    expect(watchdogPeriodMs(env, 7)).toBe(expected);
  });
});
