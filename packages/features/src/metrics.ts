export { type MetricsSection, readMetricsSection } from './lib/metrics-section.ts';
