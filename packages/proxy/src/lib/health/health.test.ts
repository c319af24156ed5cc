import { describe, expect, it } from 'vitest';
import { PeakEwma } from '../balance/peak-ewma.ts';
import { RetryBudget } from '../retry-budget.ts';
import { createRetryPolicy } from '../retry-policy.ts';
import { CircuitBreaker, resolveBreakerOptions } from './circuit-breaker.ts';
import { Ejection, ejectableOf, resolveEjectOptions } from './ejection.ts';
import { isWanted, RiseAndFall } from './health-options.ts';

describe('Ejection', () => {
  const fail = (ejection: Ejection, times: number): boolean[] => Array.from({ length: times }, () => ejection.failed());

  it('asks for an ejection at the fifth failure in a row', () => {
    const ejection = new Ejection(resolveEjectOptions({}));
    expect(fail(ejection, 4)).toEqual([false, false, false, false]);
    ejection.succeeded();
    expect(fail(ejection, 5)).toEqual([false, false, false, false, true]);
  });

  it('lasts longer each time, and shorter again after a while', () => {
    const ejection = new Ejection(resolveEjectOptions({ forMs: 30, maxMs: 100 }));
    const ejectAt = (now: number): number => {
      ejection.eject(now);
      return ejection.until - now;
    };
    expect([ejectAt(0), ejectAt(30), ejectAt(90), ejectAt(180)]).toEqual([30, 60, 90, 100]);
    expect(ejectAt(280 + 30 * 3)).toBe(60);
  });

  it.each([
    [1, 0.1, 1],
    [19, 0.1, 1],
    [20, 0.1, 2],
    [4, 1, 4],
  ])('of %i upstreams, with a share of %d, at most %i are ejected', (count, share, expected) => {
    expect(ejectableOf(count, share)).toBe(expected);
  });
});

describe('CircuitBreaker', () => {
  const make = (): CircuitBreaker =>
    new CircuitBreaker(resolveBreakerOptions({ minRequests: 4, openMs: 100, windowMs: 1000 }));
  const count = (breaker: CircuitBreaker, results: string, now = 0): boolean[] =>
    [...results].map((result) => breaker.count(result === '-', now));

  it('opens when half of enough requests have failed', () => {
    const breaker = make();
    expect(count(breaker, '-+-+')).toEqual([false, false, false, false]); // the last one succeeded
    expect(count(breaker, '-')).toEqual([true]);
    expect(breaker.openUntil).toBe(100);
  });

  it('forgets what was longer ago than its window', () => {
    const breaker = make();
    count(breaker, '---', 0);
    expect(count(breaker, '-', 1100)).toEqual([false]);
    count(breaker, '--', 1500);
    expect(count(breaker, '-', 1900)).toEqual([true]);
  });

  it('closes when the request that tries it succeeds, and stays open when it fails', () => {
    const breaker = make();
    count(breaker, '----');
    breaker.probe(100);
    expect(breaker.openUntil).toBe(200);
    expect(breaker.count(true, 150)).toBe(false);
    expect(breaker.openUntil).toBe(250);
    expect(breaker.count(false, 260)).toBe(true);
    expect([breaker.isOpen, breaker.openUntil]).toEqual([false, 0]);
    expect(count(breaker, '---')).toEqual([false, false, false]); // it starts with new counts
  });
});

describe('RiseAndFall', () => {
  it('falls after three failures in a row, and rises after two successes', () => {
    const counts = new RiseAndFall(2, 3);
    const results = [...'--+---+-++'].map((result) => counts.add(result === '+'));
    expect(results).toEqual([false, false, false, false, false, true, false, false, false, true]);
    expect(counts.isHealthy).toBe(true);
  });

  it.each([
    [204, ['2xx'], true],
    [301, ['2xx', '3xx'], true],
    [404, ['2xx', 404], true],
    [404, ['2xx', '404'], true],
    [500, ['2xx'], false],
  ])('finds %i among %j: %s', (status, statuses, expected) => {
    expect(isWanted(status, statuses)).toBe(expected);
  });
});

describe('RetryBudget', () => {
  it('allows three retries at a time, and a share of the requests above that', () => {
    const budget = new RetryBudget(0.2);
    expect([1, 2, 3, 4].map(() => budget.take(1))).toEqual([true, true, true, false]);
    expect(budget.take(20)).toBe(true);
    expect(budget.take(20)).toBe(false);
    budget.release();
    expect(budget.take(20)).toBe(true);
  });
});

describe('createRetryPolicy()', () => {
  it('retries connections, resets, time-outs and gateway errors by default', () => {
    const policy = createRetryPolicy({});
    expect(policy.attempts).toBe(2);
    expect(
      ['CLIENT_CONNECT_FAILED', 'CLIENT_CLOSED_EARLY', 'CLIENT_HEAD_TIMEOUT'].map((code) =>
        policy.hasFailure(code as never),
      ),
    ).toEqual([true, true, true]);
    expect(policy.hasFailure('CLIENT_BAD_RESPONSE')).toBe(false);
    expect(policy.hasFailure('CLIENT_ABORTED')).toBe(false);
    expect([500, 502, 503, 504].map((status) => policy.hasStatus(status))).toEqual([false, true, true, true]);
  });

  it('takes `5xx` for every status of the class', () => {
    const policy = createRetryPolicy({ on: ['5xx', 429] });
    expect([499, 500, 599, 600, 429].map((status) => policy.hasStatus(status))).toEqual([
      false,
      true,
      true,
      false,
      true,
    ]);
  });
});

describe('PeakEwma', () => {
  it('believes a slow answer at once, a fast one only in time, and sinks without answers', () => {
    const latency = new PeakEwma();
    latency.add(100, 0);
    latency.add(10, 100);
    expect(latency.read(100)).toBeGreaterThan(95);
    latency.add(500, 200);
    expect(latency.read(200)).toBe(500);
    expect(latency.read(10_200)).toBeCloseTo(500 / Math.E, 0);
    latency.add(10, 40_200);
    expect(latency.read(40_200)).toBeLessThan(25);
  });
});
