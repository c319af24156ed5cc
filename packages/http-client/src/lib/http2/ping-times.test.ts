import { describe, expect, it } from 'vitest';
import { nextPingAt, PING_DISTANCE_MS } from './ping-times.ts';

describe('nextPingAt()', () => {
  it.each([
    ['the first one comes after the silence', { heardAt: 100, pingedAt: null, mayPingSooner: false }, 30_100],
    [
      'one after its answer waits for the distance',
      { heardAt: 30_200, pingedAt: 30_100, mayPingSooner: false },
      30_100 + PING_DISTANCE_MS,
    ],
    ['one for a new request may come sooner', { heardAt: 60_000, pingedAt: 30_100, mayPingSooner: true }, 90_000],
    [
      'the silence counts also after the distance',
      { heardAt: 500_000, pingedAt: 30_100, mayPingSooner: false },
      530_000,
    ],
  ])('%s', (_what, facts, expected) => {
    expect(nextPingAt(facts, 30_000)).toBe(expected);
  });

  it('keeps a longer wait as the distance', () => {
    expect(nextPingAt({ heardAt: 0, pingedAt: 0, mayPingSooner: false }, 600_000)).toBe(600_000);
  });
});
