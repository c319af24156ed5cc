import { describe, expect, it } from 'vitest';
import { CalmStreams } from './calm-streams.ts';

describe('CalmStreams', () => {
  it('bounds nothing before an upstream has asked for calm', () => {
    expect(new CalmStreams().mostAt(0)).toBe(Number.POSITIVE_INFINITY);
  });

  it('halves what a connection had, and doubles it after each half a minute', () => {
    const calm = new CalmStreams();
    calm.asked(100, 1000);
    expect([1000, 30_999, 31_000, 61_000].map((now) => calm.mostAt(now))).toEqual([50, 50, 100, 200]);
    expect(calm.mostAt(181_000)).toBe(Number.POSITIVE_INFINITY);
  });

  it('halves again what is left, but never below one', () => {
    const calm = new CalmStreams();
    const bounds = Array.from({ length: 5 }, () => {
      calm.asked(8, 0);
      return calm.mostAt(0);
    });
    expect(bounds).toEqual([4, 2, 1, 1, 1]);
  });

  it('survives a clock that goes back', () => {
    const calm = new CalmStreams();
    calm.asked(8, 100_000);
    expect(calm.mostAt(0)).toBe(4);
  });
});
