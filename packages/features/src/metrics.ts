export { type MetricsSection, metricsSchema } from './lib/metrics-schema.ts';
