import { describe, expect, it } from 'vitest';
import { createMetricsRegistry } from './metrics-registry.ts';

describe('createMetricsRegistry()', () => {
  it('keeps one series for each combination of label values', () => {
    const registry = createMetricsRegistry();
    const requests = registry.counter('requests_total', 'Requests.', ['site', 'status']);
    requests.of('a', '200').add();
    requests.of('a', '200').add(2);
    requests.of('a', '404').add();
    expect(registry.collect()).toMatchObject([
      {
        name: 'requests_total',
        type: 'counter',
        labels: ['site', 'status'],
        series: [
          { labels: ['a', '200'], value: 3 },
          { labels: ['a', '404'], value: 1 },
        ],
      },
    ]);
  });

  it('gives the same instrument to everybody who asks for it, and refuses another one of that name', () => {
    const registry = createMetricsRegistry();
    const open = registry.gauge('open', 'Open connections.');
    expect(registry.gauge('open', 'Open connections.')).toBe(open);
    expect(() => registry.counter('open', '')).toThrow(expect.objectContaining({ code: 'CONFIG_METRIC_TAKEN' }));
    expect(() => registry.gauge('open', '', ['x'])).toThrow(expect.objectContaining({ code: 'CONFIG_METRIC_TAKEN' }));
    expect(() => open.of('too', 'many')).toThrow(expect.objectContaining({ code: 'CONFIG_METRIC_LABELS' }));
  });

  it('sets gauges, and counts what was observed up to each bound', () => {
    const registry = createMetricsRegistry();
    const open = registry.gauge('open', '').of();
    open.set(5);
    open.add(-2);
    const seconds = registry.histogram('seconds', '', [], [0.1, 1]).of();
    for (const value of [0.05, 0.1, 0.5, 3]) seconds.observe(value);
    const [gauge, histogram] = registry.collect();
    expect(gauge!.series[0]!.value).toBe(3);
    expect(histogram!.series[0]).toMatchObject({ value: 3.65, buckets: [2, 3, 4] });
  });
});
