import { describe, expect, it } from 'vitest';
import { surplusOf } from './surplus-of.ts';

describe('surplusOf()', () => {
  it.each<[what: string, counts: (number | null)[], surplus: number[]]>([
    ['nobody', [], []],
    ['nobody who has told', [null, null], [0, 0]],
    ['one worker', [64], [0]],
    ['one of two that has told', [64, null], [0, 0]],
    ['no connection', [0, 0], [0, 0]],
    ['equal shares', [32, 32], [0, 0]],
    ['within the tolerance', [37, 27], [0, 0]],
    ['beyond it', [38, 26], [6, 0]],
    ['all on one', [64, 0], [32, 0]],
    ['a new worker', [32, 32, 0], [10, 10, 0]],
    ['a new worker that has not told yet', [32, 32, null], [0, 0, 0]],
    ['a few', [3, 0], [0, 0]],
    ['a few more', [5, 0], [2, 0]],
    ['an odd number', [10, 1], [4, 0]],
    ['many workers with one connection each', [1, 1, 1, 1, 1, 1, 1, 0], [0, 0, 0, 0, 0, 0, 0, 0]],
    ['many connections', [11_000, 9000], [0, 0]],
    ['too many of many connections', [11_003, 8997], [1003, 0]],
  ])('of %s', (_what, counts, surplus) => expect(surplusOf(counts)).toEqual(surplus));

  it('never takes a worker below the mean', () => {
    for (let first = 0; first <= 70; first++) {
      for (let second = 0; second <= 70; second++) {
        const counts = [first, second, 20];
        const mean = (first + second + 20) / 3;
        surplusOf(counts).forEach((surplus, index) => {
          if (surplus > 0) expect(counts[index]! - surplus).toBeGreaterThanOrEqual(mean);
        });
      }
    }
  });

  it('converges: shed connections go anywhere, and after some rounds no worker has too many', () => {
    const random = seeded(7);
    for (let run = 0; run < 200; run++) {
      const workers = 2 + Math.floor(random() * 15);
      const counts = Array.from({ length: workers }, () => Math.floor(random() ** 4 * 500));
      let rounds = 0;
      for (let moved = 1; moved > 0; rounds++) {
        const surplus = surplusOf(counts);
        moved = surplus.reduce((sum, each) => sum + each, 0);
        for (const [index, each] of surplus.entries()) counts[index]! -= each;
        for (let count = 0; count < moved; count++) counts[Math.floor(random() * workers)]! += 1;
      }
      expect(rounds).toBeLessThan(30);
    }
  });
});

/** The same numbers in each run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
