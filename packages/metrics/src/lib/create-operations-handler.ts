import type { Handler, HttpContext } from '@windhover/core';
import { type HealthOptions, healthHandler } from './health-handler.ts';
import { metricsHandler } from './metrics-handler.ts';
import type { MetricsSnapshot } from './metrics-snapshot.ts';
import { upstreamHealth } from './upstream-health.ts';

/** The input of `createOperationsHandler`. */
export interface OperationsOptions extends HealthOptions {
  /** Takes a snapshot of each process. */
  readonly collect: () => Promise<readonly MetricsSnapshot[]>;
}

/**
 * Creates the handler for a listener of its own: `/metrics` and `/health/…` for GET and HEAD, and nothing else. The states
 * of upstreams are those of the gauge `windhover_upstream_up`, unless they are given.
 */
export function createOperationsHandler({ collect, ...checks }: OperationsOptions): Handler<HttpContext> {
  const metrics = metricsHandler(collect);
  const health = healthHandler({ upstreams: async () => upstreamHealth(await collect()), ...checks });
  return function operations(context) {
    const { request, response } = context;
    const { method, path } = request;
    const isMetrics = path === '/metrics';
    if (!isMetrics && !path.startsWith('/health/')) return;
    if (method === 'GET' || method === 'HEAD') return isMetrics ? metrics(context) : health(context);
    response.status = 405;
    response.headers.set('Allow', 'GET, HEAD');
  };
}
