import { describe, expect, it } from 'vitest';
import { compose } from './compose.ts';
import type { Middleware } from './handler.ts';

type Trace = string[];

const named =
  (name: string): Middleware<Trace> =>
  (trace, next) => {
    trace.push(`${name} in`);
    const pending = next(trace);
    trace.push(`${name} out`);
    return pending;
  };

describe('compose()', () => {
  it('makes the first middleware the outermost', () => {
    const trace: Trace = [];
    compose([named('a'), named('b')], (t) => void t.push('handler'))(trace);
    expect(trace).toEqual(['a in', 'b in', 'handler', 'b out', 'a out']);
  });

  it('is the handler itself without middleware', () => {
    const handler = (): void => undefined;
    expect(compose([], handler)).toBe(handler);
  });

  it('stays synchronous while everybody is', () => {
    expect(compose([named('a')], () => undefined)([])).toBeUndefined();
  });

  it('hands the promise of the handler outwards', async () => {
    const trace: Trace = [];
    const handler = compose([named('a'), named('b')], async (t) => {
      await Promise.resolve();
      t.push('later');
    });
    await handler(trace);
    expect(trace.at(-1)).toBe('later');
  });

  it('lets failures pass through, thrown or rejected', async () => {
    const failure = new Error('no');
    const thrown = compose([named('a')], () => {
      throw failure;
    });
    expect(() => thrown([])).toThrow(failure);
    await expect(compose([named('a')], () => Promise.reject(failure))([])).rejects.toBe(failure);
  });

  it('lets a middleware answer without the rest', () => {
    const trace: Trace = [];
    compose([(t) => void t.push('stop'), named('never')], (t) => void t.push('never'))(trace);
    expect(trace).toEqual(['stop']);
  });

  it('makes a pipeline that serves many contexts at once', async () => {
    const handler = compose([named('a')], async (t: Trace) => {
      await Promise.resolve();
      t.push('done');
    });
    const traces: Trace[] = [[], []];
    await Promise.all(traces.map((trace) => handler(trace)));
    expect(traces[0]).toEqual(['a in', 'a out', 'done']);
    expect(traces[1]).toEqual(traces[0]);
  });

  it('can be a part of another pipeline', () => {
    const trace: Trace = [];
    compose(
      [named('outer')],
      compose([named('inner')], () => undefined),
    )(trace);
    expect(trace).toEqual(['outer in', 'inner in', 'inner out', 'outer out']);
  });
});
