import { describe, expect, it } from 'vitest';
import { LogRing } from './log-ring.ts';
import { toLogLine } from './to-log-line.ts';

const all = { lines: 5000, level: 'debug', contains: '', pool: null } as const;

describe('LogRing', () => {
  it('finds by level, text and application', () => {
    const ring = new LogRing();
    ring.add(toLogLine(1, 'info', 'Hello World'));
    ring.add(toLogLine(2, 'error', 'failed', { app: 'shop', error: new Error('why') }));
    expect(ring.find({ ...all, contains: 'hello w' })).toMatchObject([{ at: 1 }]);
    expect(ring.find({ ...all, level: 'warn' })).toMatchObject([{ at: 2, pool: 'shop', facts: { error: 'why' } }]);
    expect(ring.find({ ...all, pool: 'blog' })).toEqual([]);
    expect(ring.find({ ...all, lines: 1 })).toMatchObject([{ at: 2 }]);
  });

  it('is bounded in lines and in bytes, and cuts long texts', () => {
    const ring = new LogRing();
    for (let at = 0; at < 3000; at++) ring.add(toLogLine(at, 'info', 'x'));
    expect(ring.find(all)).toHaveLength(2000);
    for (let at = 0; at < 3000; at++) ring.add(toLogLine(at, 'info', 'x'.repeat(10_000), { fact: 'y'.repeat(10_000) }));
    const found = ring.find(all);
    expect(found.length).toBeLessThan(300);
    expect(JSON.stringify(found.at(-1)).length).toBeLessThan(9000);
  });

  it('takes facts that JSON cannot hold', () => {
    const cycle: Record<string, unknown> = {};
    cycle['own'] = cycle;
    expect(toLogLine(1, 'info', 'm', { cycle, big: 1n, none: undefined }).facts).toEqual({
      cycle: '[object Object]',
      big: '1',
      none: null,
    });
  });
});
