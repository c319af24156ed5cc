import type { Handler, HttpContext } from '@windhover/core';
import { addVary, parseAccept } from '@windhover/http-semantics';
import type { MetricsSnapshot } from './metrics-snapshot.ts';
import { type MetricsFormat, metricsContentTypes, renderMetrics } from './render-metrics.ts';

/**
 * Answers with all numbers in the format that the client asks for: OpenMetrics if Accept names it, otherwise the text
 * format of Prometheus.
 *
 * @param collect takes a snapshot of each process. A function of `createMetricsCollector` makes one for this process
 */
export function metricsHandler(collect: () => Promise<readonly MetricsSnapshot[]>): Handler<HttpContext> {
  return async function metricsHandler({ request, response }) {
    const format = formatFor(request.headers.get('accept'));
    const text = await renderMetrics(await collect(), format);
    response.headers.set('Content-Type', metricsContentTypes[format]);
    response.headers.set('Cache-Control', 'no-store');
    response.headers.set('Vary', addVary(response.headers.get('vary'), 'Accept'));
    response.body = text;
  };
}

/**
 * Prometheus names both formats, each in several versions, and prefers OpenMetrics. Versions are not compared: every
 * client that reads a later one also names 1.0.0 or takes it. A client that names neither gets what every tool reads.
 */
export function formatFor(accept: string | undefined): MetricsFormat {
  if (accept === undefined || !/openmetrics-text/i.test(accept)) return 'prometheus';
  const ranges = parseAccept(accept);
  const best = (wanted: string): number => {
    const fitting = ranges.filter(({ type, subtype }) => `${type}/${subtype}` === wanted);
    return Math.max(0, ...fitting.map(({ quality }) => quality));
  };
  const open = best('application/openmetrics-text');
  return open > 0 && open >= best('text/plain') ? 'openmetrics' : 'prometheus';
}
