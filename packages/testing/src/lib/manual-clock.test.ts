import { describe, expect, it } from 'vitest';
import { createManualClock } from './manual-clock.ts';

describe('createManualClock()', () => {
  it('stands still until it is turned', () => {
    const clock = createManualClock({ now: 1_000 });
    expect(clock.now()).toBe(1_000);
    clock.advance(50);
    expect(clock.now()).toBe(1_050);
    expect(createManualClock().now()).toBe(0);
  });

  it('runs due callbacks in order of time, each at its own time', () => {
    const clock = createManualClock();
    const seen: [string, number][] = [];
    const note = (name: string) => (): void => void seen.push([name, clock.now()]);
    clock.schedule(30, note('c'));
    clock.schedule(10, note('a'));
    clock.schedule(20, note('b'));
    clock.schedule(20, note('b again'));
    clock.schedule(41, note('later'));
    clock.advance(40);
    expect(seen).toEqual([
      ['a', 10],
      ['b', 20],
      ['b again', 20],
      ['c', 30],
    ]);
    expect([clock.now(), clock.pending]).toEqual([40, 1]);
  });

  it('runs what callbacks schedule meanwhile', () => {
    const clock = createManualClock();
    const times: number[] = [];
    const tick = (): void => {
      times.push(clock.now());
      clock.schedule(10, tick);
    };
    clock.schedule(10, tick);
    clock.advance(35);
    expect(times).toEqual([10, 20, 30]);
  });

  it('does not run what was stopped, and runs nothing twice', () => {
    const clock = createManualClock();
    let calls = 0;
    const stop = clock.schedule(10, () => {
      calls += 1;
    });
    const stopOther = clock.schedule(10, () => stopOther());
    stop();
    stop();
    clock.advance(10);
    clock.advance(10);
    expect([calls, clock.pending]).toEqual([0, 0]);
  });

  it('takes a delay in the past as now', () => {
    const clock = createManualClock();
    let isRun = false;
    clock.schedule(-5, () => {
      isRun = true;
    });
    expect(isRun).toBe(false);
    clock.advance(0);
    expect([isRun, clock.now()]).toEqual([true, 0]);
  });
});
