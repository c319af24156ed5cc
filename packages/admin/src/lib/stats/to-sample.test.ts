import { describe, expect, it } from 'vitest';
import { type ProcessCounts, quantile, toSample } from './to-sample.ts';

const counts = (own: Partial<ProcessCounts>): ProcessCounts => ({
  ...{ requests: 0, errors: 0, durations: [0, 0, 0], received: 0, sent: 0 },
  ...{ connections: 0, inFlight: 0, cpu: 0, memory: 0, eventLoop: 0 },
  ...own,
});

describe('toSample()', () => {
  it('has what all processes did for each second', () => {
    const before = new Map([['0:1', counts({ requests: 100, cpu: 1e6, sent: 1000 })]]);
    const after = new Map([
      ['0:1', counts({ requests: 120, errors: 2, cpu: 2e6, sent: 3000, memory: 10, connections: 1, eventLoop: 3 })],
      ['1:2', counts({ requests: 4, memory: 20, connections: 2, eventLoop: 7 })],
    ]);
    expect(toSample({ at: 0, counts: before }, { at: 2000, counts: after }, [10, 20])).toMatchObject({
      ...{
        at: 2000,
        requests: 12,
        errors: 1,
        cpu: 0.5,
        sent: 1000,
        memory: 30,
        connections: 3,
        eventLoop: 7,
        p50: null,
      },
    });
  });

  it('counts a process that was replaced from zero, never below', () => {
    const before = new Map([['0:1', counts({ requests: 100 })]]);
    const after = new Map([['0:2', counts({ requests: 10 })]]);
    expect(toSample({ at: 0, counts: before }, { at: 1000, counts: after }, [])).toMatchObject({ requests: 10 });
    const back = new Map([['0:1', counts({ requests: 5 })]]);
    expect(toSample({ at: 0, counts: before }, { at: 1000, counts: back }, [])).toMatchObject({ requests: 0 });
  });
});

describe('quantile()', () => {
  it.each([
    [0.5, [0, 0, 0], null],
    [0.5, [10, 10, 10], 5],
    [0.5, [0, 10, 10], 15],
    [0.99, [0, 0, 10], 20],
    [1, [5, 10, 10], 20],
  ] as const)('%d of %j is %j', (q, cumulative, expected) => {
    expect(quantile(q, [10, 20], cumulative)).toBe(expected);
  });
});
