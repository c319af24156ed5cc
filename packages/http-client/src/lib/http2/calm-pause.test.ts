import { describe, expect, it } from 'vitest';
import { CalmPause } from './calm-pause.ts';

describe('CalmPause', () => {
  it('is none the first time, then twice as long each time, up to a second', () => {
    const pause = new CalmPause();
    const pauses: number[] = [];
    for (let now = 1000; pauses.length < 7; now += 2000) {
      pause.asked(now);
      pauses.push(pause.leftAt(now));
    }
    expect(pauses).toEqual([0, 100, 200, 400, 800, 1000, 1000]);
  });

  it('passes', () => {
    const pause = new CalmPause();
    pause.asked(1000);
    pause.asked(2000);
    expect([2000, 2060, 2100, 9000].map((now) => pause.leftAt(now))).toEqual([100, 40, 0, 0]);
  });

  it('does not grow with connections that are told during a pause', () => {
    const pause = new CalmPause();
    for (const now of [1000, 1000, 1001, 1099]) pause.asked(now);
    expect(pause.leftAt(1099)).toBe(1);
  });

  it('survives a clock that goes back', () => {
    const pause = new CalmPause();
    for (const now of [100_000, 100_001]) pause.asked(now);
    expect(pause.leftAt(50_000)).toBe(0);
  });

  it('begins anew after half a minute of peace', () => {
    const pause = new CalmPause();
    for (const now of [0, 1000, 2000, 32_000]) pause.asked(now);
    expect(pause.leftAt(32_000)).toBe(0);
  });
});
