import type { Clock } from '@windhover/core';
import { describe, expect, it } from 'vitest';
import { onConsumerError } from './report-error.ts';
import { createTimerWheel, type TimerWheelOptions } from './timer-wheel.ts';

const resolutionMs = 100;

/** A manual clock that counts its calls. A wheel has at most one timer. */
class ManualClock implements Clock {
  scheduled = 0;
  private time: number;
  private timer: { readonly dueAt: number; readonly callback: () => void } | null = null;

  constructor(time: number) {
    this.time = time;
  }

  get pending(): number {
    return this.timer === null ? 0 : 1;
  }

  now(): number {
    return this.time;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    expect(this.timer).toBe(null);
    expect(delayMs).toBeGreaterThan(0);
    this.scheduled += 1;
    this.timer = { dueAt: this.time + delayMs, callback };
    return () => undefined;
  }

  advance(ms: number): void {
    const until = this.time + ms;
    for (let { timer } = this; timer !== null && timer.dueAt <= until; timer = this.timer) {
      this.time = timer.dueAt;
      this.timer = null;
      timer.callback();
    }
    this.time = until;
  }

  /** As after a suspend: everything that became due meanwhile fires at once at the end. */
  jump(ms: number): void {
    this.time += ms;
    const { timer } = this;
    this.timer = null;
    timer?.callback();
  }
}

function setUp(now = 1_000_037) {
  const clock = new ManualClock(now);
  const wheel = createTimerWheel({ clock, resolutionMs });
  return { clock, wheel };
}

/** Numbers from 0 to 1 that look random and are the same in every run. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe('createTimerWheel()', () => {
  it('calls back never early and less than one resolution late', () => {
    const { clock, wheel } = setUp();
    const random = sequence(7);
    const lateness: number[] = [];
    for (let round = 0; round < 2000; round++) {
      clock.advance(Math.floor(random() * 30));
      const dueAt = clock.now() + Math.floor(random() * 5000);
      wheel.createDeadline(() => lateness.push(clock.now() - dueAt)).set(dueAt - clock.now());
    }
    clock.advance(6000);
    expect(lateness.length).toBe(2000);
    expect(Math.min(...lateness)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...lateness)).toBeLessThan(resolutionMs);
  });

  it('is not early when the loop was held up before the deadline was set', () => {
    let now = 1000;
    let tick: () => void = () => undefined;
    const wheel = createTimerWheel({
      clock: {
        now: () => now,
        schedule: (_delayMs, callback) => {
          tick = callback;
          return () => undefined;
        },
      },
      resolutionMs,
    });
    wheel.createDeadline(() => undefined).set(50);
    now += 5000; // no tick came in all that time
    const passed: number[] = [];
    wheel.createDeadline(() => passed.push(now)).set(1000);
    tick();
    expect(passed).toEqual([]);
    now = 7000;
    tick();
    expect(passed).toEqual([7000]);
  });

  it('moves a deadline later at the price of a number, and it passes at its new time only', () => {
    const { clock, wheel } = setUp(0);
    const passed: number[] = [];
    const deadline = wheel.createDeadline(() => passed.push(clock.now()));
    deadline.set(100);
    for (let round = 0; round < 10_000; round++) deadline.set(1000);
    expect(clock.scheduled).toBe(1);
    clock.advance(999);
    expect(passed).toEqual([]);
    clock.advance(1);
    expect(passed).toEqual([1000]);
    clock.advance(10_000);
    expect(passed).toEqual([1000]);
  });

  it('moves a deadline earlier', () => {
    const { clock, wheel } = setUp(0);
    const passed: number[] = [];
    const deadline = wheel.createDeadline(() => passed.push(clock.now()));
    deadline.set(10_000);
    deadline.set(200);
    clock.advance(200);
    expect(passed).toEqual([200]);
    clock.advance(20_000);
    expect(passed).toEqual([200]);
  });

  it('forgets a deadline that is cleared or disposed; a disposed one cannot be set again', () => {
    const { clock, wheel } = setUp();
    const passed: string[] = [];
    const cleared = wheel.createDeadline(() => passed.push('cleared'));
    const disposed = wheel.createDeadline(() => passed.push('disposed'));
    cleared.set(100);
    disposed.set(100);
    cleared.clear();
    disposed.dispose();
    disposed.set(100);
    clock.advance(1000);
    expect(passed).toEqual([]);
    cleared.set(100);
    clock.advance(200);
    expect(passed).toEqual(['cleared']);
  });

  it('does not tick while nothing is set', () => {
    const { clock, wheel } = setUp();
    const deadline = wheel.createDeadline(() => undefined);
    expect(clock.pending).toBe(0);
    deadline.set(100);
    expect(clock.pending).toBe(1);
    clock.advance(300);
    expect(clock.pending).toBe(0);
    deadline.set(100_000);
    deadline.dispose();
    clock.advance(300);
    expect(clock.pending).toBe(0);
  });

  it('calls back in order of time after a jump of hours, thousands of them', () => {
    const { clock, wheel } = setUp(0);
    const passed: number[] = [];
    for (let delay = 5000; delay > 0; delay--) wheel.createDeadline(() => passed.push(delay)).set(delay * 1000);
    clock.jump(10 * 3_600_000);
    expect(passed.length).toBe(5000);
    expect(passed.toSorted((a, b) => a - b)).toEqual(passed);
    expect(clock.pending).toBe(0);
  });

  it('lets callbacks set, move, clear and dispose others and themselves', () => {
    const { clock, wheel } = setUp(0);
    const passed: string[] = [];
    const log = (name: string) => () => passed.push(`${name} ${clock.now()}`);
    const cleared = wheel.createDeadline(log('cleared'));
    const moved = wheel.createDeadline(log('moved'));
    const gone = wheel.createDeadline(log('gone'));
    let rounds = 0;
    const first = wheel.createDeadline(() => {
      log('first')();
      cleared.clear();
      gone.dispose();
      moved.set(500);
      if (rounds++ < 2) first.set(0);
    });
    for (const deadline of [first, cleared, moved, gone]) deadline.set(100);
    clock.advance(10_000);
    expect(passed.filter((each) => each.startsWith('first')).length).toBe(3);
    expect(passed.at(-1)).toMatch(/^moved (7|8)00$/);
    expect(passed.length).toBe(4);
  });

  it('goes on when a callback throws, and reports the error', () => {
    const { clock, wheel } = setUp();
    const reported: unknown[] = [];
    const before = onConsumerError((error) => reported.push(error));
    const passed: string[] = [];
    const bad = wheel.createDeadline(() => {
      throw new Error('a bug');
    });
    const good = wheel.createDeadline(() => passed.push('good'));
    bad.set(100);
    good.set(100);
    clock.advance(1000);
    good.set(100);
    clock.advance(1000);
    onConsumerError(before);
    expect(passed).toEqual(['good', 'good']);
    expect(reported).toMatchObject([{ message: 'a bug' }]);
  });

  it('tells the time of its clock', () => {
    const { clock, wheel } = setUp(1_000_037);
    expect(wheel.now).toBe(1_000_037);
    wheel.createDeadline(() => undefined).set(1000);
    clock.advance(5);
    expect(wheel.now).toBe(1_000_042);
  });

  it('does not tick for a deadline that never comes', () => {
    const { clock, wheel } = setUp(1_000_000);
    const deadline = wheel.createDeadline(() => expect.unreachable());
    deadline.set(Number.POSITIVE_INFINITY);
    expect(clock.pending).toBe(0);
    deadline.set(1000);
    deadline.set(Number.POSITIVE_INFINITY);
    clock.advance(5000);
    expect(clock.pending).toBe(0);
  });

  it.each<[unknown, RegExp]>([
    [undefined, /the options: expected an object, found undefined/],
    [{}, /clock: expected systemClock, .* found undefined/],
    [{ clock: { now: Date.now } }, /clock: .* found \{ now \}/],
    [{ clock: new ManualClock(0), resolution: 5 }, /expected `clock` or `resolutionMs`, found `resolution`/],
    [{ clock: new ManualClock(0), resolutionMs: 0 }, /resolutionMs: expected milliseconds above 0, found 0/],
    [{ clock: new ManualClock(0), resolutionMs: '5' }, /resolutionMs: .* found "5"/],
  ])('refuses the options %o', (options, text) => {
    expect(() => createTimerWheel(options as TimerWheelOptions)).toThrow(
      expect.objectContaining({ code: 'TRANSPORT_BAD_OPTION', message: expect.stringMatching(text) }),
    );
  });
});
