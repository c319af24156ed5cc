import type { BodySink } from '@windhover/core';
import { openLentBody, pushBodyRules } from '@windhover/testing';
import { describe, expect, it } from 'vitest';
import { BufferedBody } from './buffered-body.ts';

describe('BufferedBody with room', () => {
  for (const rule of pushBodyRules) it(rule.name, () => rule.run((plan) => open(plan, 1_000_000)));
});

describe('BufferedBody without room', () => {
  for (const rule of pushBodyRules) it(rule.name, () => rule.run((plan) => open(plan, 1)));
});

function open(plan: Parameters<typeof openLentBody>[0], maxBytes: number): ReturnType<typeof openLentBody> {
  const { body, ...rest } = openLentBody(plan);
  return { ...rest, body: new BufferedBody(body, maxBytes) };
}

describe('BufferedBody', () => {
  it('reads up to its bound before anybody takes a byte, and on when half of it is taken', () => {
    const calls: string[] = [];
    let source!: BodySink;
    const body = new BufferedBody(
      {
        length: null,
        start: (sink) => {
          source = sink;
        },
        pause: () => undefined,
        resume: () => calls.push('resume'),
        cancel: () => calls.push('cancel'),
      },
      10,
    );
    expect(source.write(new Uint8Array(6))).toBe(true);
    expect(source.write(new Uint8Array(6))).toBe(false);
    let taken = 0;
    const take = (goesOn: boolean) => ({
      write: (chunk: Uint8Array) => {
        taken += chunk.byteLength;
        return goesOn;
      },
      end: () => calls.push('end'),
      fail: () => calls.push('fail'),
    });
    body.start(take(false));
    expect([taken, calls]).toEqual([6, []]);
    body.resume();
    expect([taken, calls]).toEqual([12, ['resume']]);
    source.end();
    expect(calls).toEqual(['resume']); // the reader asked to wait
    body.resume();
    expect(calls).toEqual(['resume', 'end']);
  });
});
