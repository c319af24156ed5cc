import * as prom from 'prom-client';
import type { MetricFamily } from './metric-family.ts';
import type { MetricObject, MetricsSnapshot } from './metrics-snapshot.ts';
import { toMetricObject } from './to-metric-object.ts';

/** Options of `createMetricsCollector`. */
export interface MetricsCollectorOptions {
  /** The instruments of the services, such as `services.metrics` of `@windhover/config`. Default: none. */
  readonly metrics?: { collect(): readonly MetricFamily[] };
  /** Numbers that are read when they are asked for. Default: none. */
  readonly gauges?: readonly MetricReading[];
  /** A registry of prom-client with instruments of your own. Default: none. */
  readonly registry?: prom.Registry;
  /** Whether to include CPU time, memory, file descriptors, event-loop delay and garbage collection. Default: true. */
  readonly process?: boolean;
}

/** A number that is read when it is asked for. */
export interface MetricReading {
  readonly name: string;
  readonly help: string;
  read(): number;
}

/**
 * Returns a function that takes a snapshot of all numbers of this process. Create it once: measuring the event loop
 * begins here.
 */
export function createMetricsCollector(options: MetricsCollectorOptions = {}): () => Promise<MetricsSnapshot> {
  const { metrics, gauges = [], registry, process = true } = options;
  const own = new prom.Registry();
  if (process) prom.collectDefaultMetrics({ register: own });
  return async function collectMetrics() {
    const ofProcess = (await own.getMetricsAsJSON()) as unknown as MetricObject[];
    const ofUser = ((await registry?.getMetricsAsJSON()) ?? []) as unknown as MetricObject[];
    const families = metrics?.collect().map(toMetricObject) ?? [];
    return withoutRepeats([...families, ...gauges.map(toGauge), ...[...ofProcess, ...ofUser].map(toPlain)]);
  };
}

function toGauge({ name, help, read }: MetricReading): MetricObject {
  return { name, help, type: 'gauge', aggregator: 'sum', values: [{ labels: {}, value: read() }] };
}

/** Leaves out what JSON cannot hold: an empty measurement has no mean. */
function toPlain({ name, help, type, aggregator, values }: MetricObject): MetricObject {
  const finite = values.filter(({ value }) => Number.isFinite(value));
  return {
    name,
    help,
    type,
    aggregator: aggregatorOf(name, aggregator),
    values: finite.map(({ labels, value, metricName }) =>
      metricName === undefined ? { labels, value } : { labels, value, metricName },
    ),
  };
}

/** The slowest worker is the one to look at, so its event loop counts; and the service started with its first worker. */
function aggregatorOf(name: string, own: MetricObject['aggregator']): MetricObject['aggregator'] {
  if (name.startsWith('nodejs_eventloop_lag_') && own === 'average') return 'max';
  return name === 'process_start_time_seconds' ? 'min' : own;
}

/** Your own registry may hold the numbers of the process too; they must not be added up. */
function withoutRepeats(metrics: readonly MetricObject[]): MetricsSnapshot {
  const names = new Set<string>();
  return metrics.filter(({ name }) => !names.has(name) && names.add(name));
}
