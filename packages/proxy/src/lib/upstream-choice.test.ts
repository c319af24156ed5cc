import { describe, expect, it } from 'vitest';
import { chooseUpstream } from './upstream-choice.ts';

const choose = (rests: number[], turn: number, now: number, tried: number[] = []): number => {
  const upstreams = rests.map((restsUntil) => ({ restsUntil }));
  return chooseUpstream(
    upstreams,
    turn,
    now,
    tried.map((index) => upstreams[index]!),
  );
};

describe('chooseUpstream()', () => {
  it.each<[string, number[], number, number, number[], number]>([
    ['takes the one whose turn it is', [0, 0, 0], 1, 50, [], 1],
    ['begins anew behind the last', [0, 0, 0], 5, 50, [], 2],
    ['passes over one that rests', [0, 100, 0], 1, 50, [], 2],
    ['takes one that has rested', [0, 100, 0], 1, 100, [], 1],
    ['passes over one that was tried', [0, 0, 0], 1, 50, [1], 2],
    ['takes the one that rested longest when all rest', [90, 70, 80], 0, 50, [], 1],
    ['takes one that rests when the others were tried', [90, 70, 0], 2, 50, [2], 1],
    ['takes the only one although it rests', [90], 3, 50, [], 0],
    ['has none when all were tried', [90, 0], 0, 50, [0, 1], -1],
  ])('%s', (_name, rests, turn, now, tried, expected) => {
    expect(choose(rests, turn, now, tried)).toBe(expected);
  });
});
