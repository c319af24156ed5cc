import { describe, expect, it } from 'vitest';
import { describeRule, matchesRule, type TraceRule } from './trace-rule.ts';

const outcome = { status: 502, startedAt: 1000, endedAt: 3000 };
const request = { method: 'POST', path: '/api/orders' };

function matches(rule: TraceRule, random = 0): boolean {
  return matchesRule(rule, { request } as never, outcome, random);
}

describe('matchesRule()', () => {
  it.each<[TraceRule, boolean]>([
    [{}, true],
    [{ status: [[500, 599]] }, true],
    [{ status: [[502, 502]] }, true],
    [
      {
        status: [
          [0, 0],
          [400, 499],
        ],
      },
      false,
    ],
    [{ slowerThanMs: 2000 }, true],
    [{ slowerThanMs: 2001 }, false],
    [{ paths: ['/api'] }, true],
    [{ paths: ['/api/orders'] }, true],
    [{ paths: ['/'] }, true],
    [{ paths: ['/api/'] }, true],
    [{ paths: ['/ap'] }, false],
    [{ methods: ['GET', 'POST'] }, true],
    [{ methods: ['GET'] }, false],
    [{ status: [[500, 599]], methods: ['GET'] }, false],
  ])('%j covers it: %s', (rule, expected) => {
    expect(matches(rule)).toBe(expected);
  });

  it('keeps a share', () => {
    expect(matches({ share: 0.1 }, 0.09)).toBe(true);
    expect(matches({ share: 0.1 }, 0.1)).toBe(false);
  });
});

describe('describeRule()', () => {
  it('names all of it', () => {
    const rule = {
      status: [
        [500, 599],
        [0, 0],
      ] as const,
      slowerThanMs: 5,
      paths: ['/a', '/b'],
      methods: ['GET'],
      share: 0.5,
    };
    expect(describeRule(rule)).toBe('status 500-599 or no answer, slower than 5 ms, path /a, /b, method GET, 50 %');
    expect(describeRule({ status: [[0, 0]] })).toBe('no answer');
    expect(describeRule({ status: [[404, 404]] })).toBe('status 404');
    expect(describeRule({})).toBe('every request');
  });
});
