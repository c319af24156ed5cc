import { describe, expect, it } from 'vitest';
import { ContentRuns } from './content-runs.ts';

const content = '0123456789';
const bytesOf = (start: number, end: number): Uint8Array => new TextEncoder().encode(content.slice(start, end + 1));

function read(runs: ContentRuns, start: number, end: number): string {
  const body = runs.open(start, end);
  let text = '';
  const into = new Uint8Array(2);
  while (text.length < body.length!) {
    const count = body.read(into, text.length) as number;
    text += new TextDecoder().decode(into.subarray(0, count));
  }
  return text;
}

describe('ContentRuns', () => {
  it.each<[string, [number, number][], [number, number], string | null]>([
    ['the part itself', [[2, 5]], [2, 5], '2345'],
    ['some of a part', [[2, 5]], [3, 4], '34'],
    ['one byte more than a part', [[2, 5]], [2, 6], null],
    ['one byte before a part', [[2, 5]], [1, 3], null],
    [
      'two parts that touch',
      [
        [0, 3],
        [4, 6],
      ],
      [1, 5],
      '12345',
    ],
    [
      'two parts that touch, the later one first',
      [
        [4, 6],
        [0, 3],
      ],
      [1, 5],
      '12345',
    ],
    [
      'two parts with a gap',
      [
        [0, 3],
        [5, 6],
      ],
      [3, 5],
      null,
    ],
    [
      'parts that overlap',
      [
        [0, 4],
        [3, 7],
      ],
      [2, 6],
      '23456',
    ],
    [
      'a part in the middle of another one',
      [
        [3, 4],
        [1, 6],
      ],
      [1, 6],
      '123456',
    ],
    [
      'a part twice',
      [
        [1, 2],
        [1, 2],
      ],
      [1, 2],
      '12',
    ],
    [
      'a gap that is filled',
      [
        [0, 1],
        [8, 9],
        [2, 7],
      ],
      [0, 9],
      content,
    ],
    [
      'a part over several others',
      [
        [1, 1],
        [3, 3],
        [5, 5],
        [0, 9],
      ],
      [0, 9],
      content,
    ],
  ])('knows %s', (_name, parts, [start, end], expected) => {
    const runs = new ContentRuns();
    for (const [from, to] of parts) runs.add(from, bytesOf(from, to));
    expect(runs.covers(start, end)).toBe(expected !== null);
    if (expected === null) expect(() => runs.open(start, end)).toThrow(RangeError);
    else expect(read(runs, start, end)).toBe(expected);
  });

  it('counts each byte once', () => {
    const runs = new ContentRuns();
    expect([runs.add(0, bytesOf(0, 4)), runs.add(3, bytesOf(3, 7)), runs.add(1, bytesOf(1, 2)), runs.bytes]).toEqual([
      5, 3, 0, 8,
    ]);
  });

  it('takes no part that would make too many pieces', () => {
    const runs = new ContentRuns();
    for (let start = 0; start < 1000; start += 2) runs.add(start, new Uint8Array(1));
    expect(runs.bytes).toBe(256);
  });
});
