import { describe, expect, it } from 'vitest';
import { splitEverywhere } from './split-everywhere.ts';

const text = (chunks: Uint8Array[]): string[] => chunks.map((chunk) => Buffer.from(chunk).toString('latin1'));

describe('splitEverywhere()', () => {
  it('runs with the whole, every single split, and byte by byte', () => {
    const runs: string[][] = [];
    splitEverywhere('abc', (chunks) => void runs.push(text(chunks)));
    expect(runs).toEqual([['abc'], ['a', 'bc'], ['ab', 'c'], ['a', 'b', 'c']]);
  });

  it('takes bytes, and a string as latin1', () => {
    const runs: number[][] = [];
    splitEverywhere(Uint8Array.of(1, 2), (chunks) => void runs.push(chunks.map((chunk) => chunk.byteLength)));
    splitEverywhere('\xff', (chunks) => void runs.push([...chunks[0]!]));
    expect(runs).toEqual([[2], [1, 1], [1, 1], [255], [255]]);
  });

  it('gives every run bytes of its own', () => {
    const runs: string[] = [];
    splitEverywhere('abc', (chunks) => {
      runs.push(text(chunks).join(''));
      for (const chunk of chunks) chunk.fill(0);
    });
    expect(new Set(runs)).toEqual(new Set(['abc']));
  });

  it('waits for each run when they are asynchronous', async () => {
    let active = 0;
    let runs = 0;
    await splitEverywhere('abcd', async () => {
      expect(active).toBe(0);
      active += 1;
      await Promise.resolve();
      active -= 1;
      runs += 1;
    });
    expect(runs).toBe(5);
  });

  it('says which split failed', async () => {
    const fail = (chunks: Uint8Array[]): void => {
      if (chunks[0]?.byteLength === 2) throw new Error('wrong');
    };
    expect(() => splitEverywhere('abc', fail)).toThrow('split at byte 2: wrong');
    await expect(splitEverywhere('abc', async (chunks) => fail(chunks))).rejects.toThrow('split at byte 2: wrong');
  });

  it('is content with no bytes at all', () => {
    const runs: string[][] = [];
    splitEverywhere('', (chunks) => void runs.push(text(chunks)));
    expect(runs).toEqual([[''], []]);
  });
});
