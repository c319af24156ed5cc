import * as prom from 'prom-client';
import type { MetricObject, MetricsSnapshot, MetricValue } from './metrics-snapshot.ts';

/** The text format of Prometheus 0.0.4, or OpenMetrics 1.0. */
export type MetricsFormat = 'prometheus' | 'openmetrics';

/** The media type of each format. */
export const metricsContentTypes: Readonly<Record<MetricsFormat, string>> = {
  prometheus: prom.prometheusContentType,
  openmetrics: prom.openMetricsContentType,
};

/**
 * Writes the numbers of one or several processes as one text. Numbers of the same name and labels are added up; for the
 * delay of the event loop the largest counts.
 */
export function renderMetrics(snapshots: readonly MetricsSnapshot[], format: MetricsFormat): Promise<string> {
  const isOpen = format === 'openmetrics';
  const all = [...snapshots, [countWorkers(snapshots)]].map((snapshot) =>
    snapshot.map((metric) => toWritten(metric, isOpen)),
  );
  const registry = prom.AggregatorRegistry.aggregate<prom.RegistryContentType>(all);
  registry.setContentType(isOpen ? prom.openMetricsContentType : prom.prometheusContentType);
  return registry.metrics();
}

function countWorkers({ length }: readonly unknown[]): MetricObject {
  const values = [{ labels: {}, value: length }];
  return {
    name: 'windhover_workers',
    help: 'Processes that answer requests.',
    type: 'gauge',
    aggregator: 'sum',
    values,
  };
}

/** In OpenMetrics a counter has `_total` in its samples only; prom-client adds it there. */
function toWritten(metric: MetricObject, isOpen: boolean): MetricObject {
  const { name, type } = metric;
  if (isOpen && type === 'counter') return { ...metric, name: name.replace(/_total$/, '') };
  return type === 'histogram' ? { ...metric, values: metric.values.map(withBound) } : metric;
}

/** OpenMetrics wants bounds as `1.0`; both formats show the same text, since it is a label that queries compare. */
function withBound(value: MetricValue): MetricValue {
  const { le } = value.labels;
  if (typeof le !== 'number') return value;
  return { ...value, labels: { ...value.labels, le: Number.isInteger(le) ? le.toFixed(1) : String(le) } };
}
