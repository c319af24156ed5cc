export {
  createMetricsCollector,
  type MetricReading,
  type MetricsCollectorOptions,
} from './lib/create-metrics-collector.ts';
export { createOperationsHandler, type OperationsOptions } from './lib/create-operations-handler.ts';
export { DurationHistogram, durationBounds } from './lib/duration-histogram.ts';
export { type MetricsErrorCode, metricsErrors } from './lib/errors.ts';
export { fromPromClient } from './lib/from-prom-client.ts';
export { type HealthOptions, healthHandler, type UpstreamHealth } from './lib/health-handler.ts';
export type { MetricFamily, MetricSeries } from './lib/metric-family.ts';
export { type MetricsOptions, metrics } from './lib/metrics.ts';
export { metricsHandler } from './lib/metrics-handler.ts';
export type { MetricObject, MetricsSnapshot, MetricValue } from './lib/metrics-snapshot.ts';
export { type MetricsFormat, metricsContentTypes, renderMetrics } from './lib/render-metrics.ts';
export { toMetricObject } from './lib/to-metric-object.ts';
export { upstreamHealth } from './lib/upstream-health.ts';
export { failedUpstreamsKey, type UpstreamReport, upstreamReportKey } from './lib/upstream-report.ts';
