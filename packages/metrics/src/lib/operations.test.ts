import { runHandler } from '@windhover/testing';
import { Counter, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createMetricsCollector } from './create-metrics-collector.ts';
import { createOperationsHandler, type OperationsOptions } from './create-operations-handler.ts';
import { formatFor } from './metrics-handler.ts';

const collectNothing = (): Promise<[]> => Promise.resolve([]);
const ask = (options: Partial<OperationsOptions>, url: string, method = 'GET') =>
  runHandler(createOperationsHandler({ collect: collectNothing, ...options }), { url, method });

describe('createOperationsHandler()', () => {
  it('shows metrics of the process, your registry and numbers read on demand', async () => {
    const registry = new Registry();
    new Counter({ name: 'orders_total', help: 'Orders.', registers: [registry] }).inc(3);
    const gauges = [{ name: 'windhover_connections_open', help: 'Open connections.', read: () => 7 }];
    const collect = createMetricsCollector({ registry, gauges });
    const result = await ask({ collect: async () => [await collect()] }, '/metrics');
    expect(result.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(result.text()).toContain('\norders_total 3\n');
    expect(result.text()).toContain('\nwindhover_connections_open 7\n');
    expect(result.text()).toMatch(/\nprocess_cpu_seconds_total [0-9.e-]+\n/);
    expect(result.text()).toMatch(/\nprocess_start_time_seconds [0-9]+\n/);
    expect(result.text()).toContain('\nwindhover_workers 1\n');
  });

  it('has snapshots that survive JSON', async () => {
    const snapshot = await createMetricsCollector()();
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
  });

  it.each([
    ['/health/live', { live: () => true }, 200, { status: 'live' }],
    ['/health/live', { live: () => false }, 503, { status: 'not live' }],
    ['/health/ready', {}, 200, { status: 'ready' }],
    ['/health/ready', { ready: () => Promise.resolve(false) }, 503, { status: 'not ready' }],
    ['/health/ready', { ready: () => Promise.reject(new Error('no database')) }, 503, { status: 'not ready' }],
    [
      '/health/upstreams',
      { upstreams: () => [{ name: 'b', healthy: false }] },
      200,
      { upstreams: [{ name: 'b', healthy: false }] },
    ],
  ])('%s with %o answers %i', async (url, options, status, json) => {
    const result = await ask(options, url);
    expect([result.status, result.json(), result.headers.get('cache-control')]).toEqual([status, json, 'no-store']);
  });

  it('has no other path, and only reads', async () => {
    expect((await ask({}, '/')).status).toBe(404);
    expect((await ask({}, '/health/other')).status).toBe(404);
    const post = await ask({}, '/metrics', 'POST');
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await ask({}, '/health/ready', 'HEAD')).status).toBe(200);
  });
});

describe('formatFor()', () => {
  it.each([
    [undefined, 'prometheus'],
    ['*/*', 'prometheus'],
    ['text/html', 'prometheus'],
    ['application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', 'openmetrics'],
    [
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
      'openmetrics',
    ],
    ['text/plain, application/openmetrics-text;q=0.1', 'prometheus'],
  ])('answers %s with %s', (accept, format) => {
    expect(formatFor(accept)).toBe(format);
  });
});
