import { describe, expect, it } from 'vitest';
import type { MetricsSnapshot } from './metrics-snapshot.ts';
import { renderMetrics } from './render-metrics.ts';
import { toMetricObject } from './to-metric-object.ts';

const series = (labels: string[], value: number, buckets: number[] = []) => ({ labels, value, buckets });

function worker(requests: number, delay: number): MetricsSnapshot {
  const facts = { help: 'Help.', labels: ['site'], bounds: [] };
  const snapshot = [
    toMetricObject({ ...facts, name: 'x_requests_total', type: 'counter', series: [series(['a'], requests)] }),
    toMetricObject({ ...facts, name: 'x_open', type: 'gauge', labels: [], series: [series([], 2)] }),
    toMetricObject({
      ...facts,
      name: 'x_duration_seconds',
      type: 'histogram',
      bounds: [0.5, 1],
      series: [series(['a'], 1.5, [1, 2, 3])],
    }),
    { name: 'delay', help: 'Help.', type: 'gauge', aggregator: 'max', values: [{ labels: {}, value: delay }] } as const,
  ];
  return JSON.parse(JSON.stringify(snapshot)) as MetricsSnapshot; // as another process gets it
}

describe('renderMetrics()', () => {
  it('adds up counters, gauges and histograms of several workers, and takes the largest delay', async () => {
    expect(await renderMetrics([worker(1, 0.1), worker(2, 0.3)], 'prometheus')).toBe(
      `# HELP x_requests_total Help.
# TYPE x_requests_total counter
x_requests_total{site="a"} 3

# HELP x_open Help.
# TYPE x_open gauge
x_open 4

# HELP x_duration_seconds Help.
# TYPE x_duration_seconds histogram
x_duration_seconds_bucket{site="a",le="0.5"} 2
x_duration_seconds_bucket{site="a",le="1.0"} 4
x_duration_seconds_bucket{site="a",le="+Inf"} 6
x_duration_seconds_sum{site="a"} 3
x_duration_seconds_count{site="a"} 6

# HELP delay Help.
# TYPE delay gauge
delay 0.3

# HELP windhover_workers Help.
# TYPE windhover_workers gauge
windhover_workers 2
`.replace('windhover_workers Help.', 'windhover_workers Processes that answer requests.'),
    );
  });

  it('names counters as OpenMetrics wants them, and ends with the end mark', async () => {
    const text = await renderMetrics([worker(1, 0.1), worker(2, 0.3)], 'openmetrics');
    expect(text).toContain('# TYPE x_requests counter\nx_requests_total{site="a"} 3\n');
    expect(text.endsWith('# EOF\n')).toBe(true);
  });

  it('leaves the snapshots as they are, so that they can be written twice', async () => {
    const snapshots = [worker(1, 0.1)];
    const first = await renderMetrics(snapshots, 'openmetrics');
    expect(await renderMetrics(snapshots, 'openmetrics')).toBe(first);
  });
});
