import { type MetricsSnapshot, renderMetrics } from '@windhover/metrics';
import type { WorkerHandle } from '@windhover/supervisor';
import { describe, expect, it } from 'vitest';
import { WorkerMetrics } from './worker-metrics.ts';

const worker = (pid: number): WorkerHandle => ({
  slot: 0,
  generation: 1,
  pid,
  state: 'ready',
  exited: new Promise(() => undefined),
  send: () => undefined,
});

const snapshot = (requests: number): MetricsSnapshot => [
  {
    name: 'requests_total',
    help: 'Requests.',
    type: 'counter',
    aggregator: 'sum',
    values: [{ labels: { method: 'GET', status: '2xx' }, value: requests }],
  },
  { name: 'memory', help: 'Memory.', type: 'gauge', aggregator: 'sum', values: [{ labels: {}, value: 100 }] },
];

async function shown(metrics: WorkerMetrics, answered: readonly WorkerHandle[]): Promise<string[]> {
  const text = await renderMetrics(metrics.of(answered), 'prometheus');
  return text.split('\n').filter((line) => /^(requests|memory|windhover_workers)/.test(line));
}

describe('WorkerMetrics', () => {
  const [first, second, third] = [worker(1), worker(2), worker(3)];

  it('keeps the counts of workers that have ended, but not their memory', async () => {
    const metrics = new WorkerMetrics();
    metrics.take(first, snapshot(10));
    metrics.take(second, snapshot(5));
    metrics.end(first);
    metrics.take(third, snapshot(1));
    metrics.end(third);
    expect(await shown(metrics, [second])).toEqual([
      'requests_total{method="GET",status="2xx"} 16',
      'memory 100',
      'windhover_workers 1',
    ]);
  });

  it('keeps the counts of a worker that does not answer', async () => {
    const metrics = new WorkerMetrics();
    metrics.take(first, snapshot(10));
    metrics.take(second, snapshot(5));
    expect(await shown(metrics, [second])).toContain('requests_total{method="GET",status="2xx"} 15');
  });
});
