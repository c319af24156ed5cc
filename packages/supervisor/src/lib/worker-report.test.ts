import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ToSupervisor } from './messages.ts';
import { type WorkerLoad, WorkerReport } from './worker-report.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_000_200 }));
afterEach(() => void vi.useRealTimers());

function open(): {
  report: WorkerReport;
  told: [at: number, ToSupervisor][];
  load: WorkerLoad & { connections: number; surplus: number };
} {
  const told: [number, ToSupervisor][] = [];
  const report = new WorkerReport((message) => told.push([Date.now(), message]));
  const load = {
    connections: 0,
    surplus: 0,
    shed: (count: number) => {
      load.surplus = count;
    },
  };
  report.balance(load);
  return { report, told, load };
}

const connections = (count: number): ToSupervisor => ({ windhover: 'connections', count });

describe('WorkerReport', () => {
  it('tells at once, then at whole and half seconds, and only what has changed', () => {
    const { told, load } = open();
    vi.advanceTimersByTime(3000);
    load.connections = 3;
    vi.advanceTimersByTime(100);
    load.connections = 5;
    vi.advanceTimersByTime(3000);
    expect(told).toEqual([
      [1_000_200, connections(0)],
      [1_003_500, connections(5)],
    ]);
  });

  it('passes on reports above the limit too, and logs the outcome, even when there is none', () => {
    const { report, told, load } = open();
    load.connections = 9;
    vi.advanceTimersByTime(1000);
    report.shed(4);
    expect(load.surplus).toBe(4);
    vi.advanceTimersByTime(3000);
    expect(told).toEqual([
      [1_000_200, connections(0)],
      [1_000_500, connections(9)],
      [1_001_500, connections(9)],
    ]);
  });

  it('reports at most four times a second, even if the clock jumps', () => {
    const { told, load } = open();
    const timer = setInterval(() => (load.connections += 1), 10);
    for (let round = 0; round < 100; round++) {
      vi.setSystemTime(1_000_000 + ((round * 7919) % 5000)); // forward and backward
      vi.advanceTimersByTime(100);
    }
    clearInterval(timer);
    expect(told.length).toBeGreaterThan(10);
    expect(told.length).toBeLessThanOrEqual(41);
  });

  it('says nothing of connections without a load, and nothing at all after its stop', () => {
    const told: ToSupervisor[] = [];
    const report = new WorkerReport((message) => told.push(message));
    vi.advanceTimersByTime(5000);
    expect(told).toEqual([]);
    let connections = 1;
    report.balance({
      get connections() {
        return connections++;
      },
      shed: () => undefined,
    });
    report.stop();
    vi.advanceTimersByTime(5000);
    expect(told.length).toBe(1);
  });
});
