import { createManualClock } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { FailureGuard } from './failure-guard.ts';

describe('FailureGuard', () => {
  it('shuts an address out after four failures in 30 seconds, for 30 seconds', () => {
    const clock = createManualClock();
    const guard = new FailureGuard({}, clock);
    expect([1, 2, 3].map(() => guard.fail('192.0.2.1'))).toEqual([false, false, false]);
    clock.advance(29_000);
    expect([guard.fail('192.0.2.1'), guard.isShutOut('192.0.2.1'), guard.isShutOut('192.0.2.2')]).toEqual([
      true,
      true,
      false,
    ]);
    clock.advance(29_999);
    expect(guard.isShutOut('192.0.2.1')).toBe(true);
    clock.advance(1);
    expect([guard.isShutOut('192.0.2.1'), guard.fail('192.0.2.1')]).toEqual([false, false]);
  });

  it('counts the addresses of one IPv6 network together', () => {
    const guard = new FailureGuard({ failures: 2 }, createManualClock());
    guard.fail('2001:db8::1');
    expect(guard.fail('2001:db8::2')).toBe(true);
  });

  it('forgets failures that lie apart', () => {
    const clock = createManualClock();
    const guard = new FailureGuard({ failures: 2 }, clock);
    guard.fail('192.0.2.1');
    clock.advance(30_000);
    expect(guard.fail('192.0.2.1')).toBe(false);
  });
});
