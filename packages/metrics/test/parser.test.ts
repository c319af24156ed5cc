import { execFileSync } from 'node:child_process';
import { checkedCompose, runHandler } from '@windhover/testing';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { hasPythonModule, systemPython } from '../../../scripts/lib/peer.ts';
import { createMetricsCollector } from '../src/lib/create-metrics-collector.ts';
import { fromPromClient } from '../src/lib/from-prom-client.ts';
import { metrics } from '../src/lib/metrics.ts';
import type { MetricsSnapshot } from '../src/lib/metrics-snapshot.ts';
import { renderMetrics } from '../src/lib/render-metrics.ts';

/** Prints each family with its type and the number of its samples; fails for a text that breaks the format. */
const script = (module: string): string => `
import json, sys
from ${module} import text_string_to_metric_families
families = text_string_to_metric_families(sys.stdin.read())
print(json.dumps({f.name: [f.type, [[s.name, s.labels, s.value] for s in f.samples]] for f in families}))`;

type Parsed = Record<string, [type: string, samples: [name: string, labels: Record<string, string>, value: number][]]>;

const parse = (module: string, text: string): Parsed =>
  JSON.parse(execFileSync(systemPython, ['-c', script(module)], { input: text, encoding: 'utf8' })) as Parsed;

async function snapshotOfWorker(requests: number): Promise<MetricsSnapshot> {
  const registry = new Registry();
  const layer = metrics({ metrics: fromPromClient(registry) });
  for (let index = 0; index < requests; index++) {
    await runHandler(
      checkedCompose([layer], (context) => {
        context.site = 'a "quoted" \\ site\nof two lines';
        context.route = '/users/:id';
        context.response.body = 'hello';
      }),
      { method: index === 0 ? 'POST' : 'GET', now: () => 1000 },
    );
  }
  return createMetricsCollector({ registry })();
}

describe.skipIf(!hasPythonModule('prometheus_client'))("the parsers of Prometheus's own client", () => {
  it.each([
    ['prometheus', 'prometheus_client.parser'],
    ['openmetrics', 'prometheus_client.openmetrics.parser'],
  ] as const)('read the metrics of two workers as %s', async (format, module) => {
    const text = await renderMetrics([await snapshotOfWorker(2), await snapshotOfWorker(1)], format);
    const families = parse(module, text);
    const [type, samples] = families['windhover_http_requests']!;
    const place = { site: 'a "quoted" \\ site\nof two lines', route: '/users/:id', status: '200' };
    expect(type).toBe('counter');
    expect(samples).toEqual([
      ['windhover_http_requests_total', { ...place, method: 'POST' }, 2],
      ['windhover_http_requests_total', { ...place, method: 'GET' }, 1],
    ]);
    expect(families['windhover_http_request_duration_seconds']![0]).toBe('histogram');
    expect(families['process_cpu_seconds']![0]).toBe('counter');
    expect(families['nodejs_eventloop_lag_max_seconds']![0]).toBe('gauge');
    expect(families['windhover_workers']![1]).toEqual([['windhover_workers', {}, 2]]);
  });
});
