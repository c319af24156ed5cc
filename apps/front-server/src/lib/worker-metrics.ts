import type { MetricObject, MetricsSnapshot, MetricValue } from '@windhover/metrics';
import type { WorkerHandle } from '@windhover/supervisor';

/**
 * The numbers of all workers, those that have ended too: a counter that went down would look to Prometheus like a restart of the whole
 * server, and add everything that the other workers have counted a second time.
 */
export class WorkerMetrics {
  private readonly last = new Map<WorkerHandle, MetricsSnapshot>();
  private ended: MetricsSnapshot = [];

  /** The newest numbers of a worker. */
  take(worker: WorkerHandle, snapshot: MetricsSnapshot): void {
    this.last.set(worker, snapshot);
  }

  /** The worker has ended: what it counted stays counted. */
  end(worker: WorkerHandle): void {
    this.ended = sum(this.ended, countsOf(this.last.get(worker) ?? []));
    this.last.delete(worker);
  }

  /** A snapshot for each of these workers. The counts of all others are part of the first one. */
  of(answered: readonly WorkerHandle[]): readonly MetricsSnapshot[] {
    const live = answered.map((worker) => this.last.get(worker) ?? []);
    const others = [...this.last].flatMap(([worker, snapshot]) =>
      answered.includes(worker) ? [] : countsOf(snapshot),
    );
    return live.map((snapshot, index) => (index === 0 ? [...snapshot, ...others, ...this.ended] : snapshot));
  }
}

/** Without what only a process that runs has: its memory for instance. */
function countsOf(snapshot: MetricsSnapshot): MetricsSnapshot {
  return snapshot.filter(
    ({ type, aggregator }) => (type === 'counter' || type === 'histogram') && aggregator === 'sum',
  );
}

function sum(one: MetricsSnapshot, two: MetricsSnapshot): MetricsSnapshot {
  const byName = new Map<string, MetricObject>();
  for (const metric of [...one, ...two]) {
    const { name, values } = metric;
    byName.set(name, { ...metric, values: sumValues([...(byName.get(name)?.values ?? []), ...values]) });
  }
  return [...byName.values()];
}

function sumValues(values: readonly MetricValue[]): readonly MetricValue[] {
  const bySeries = new Map<string, MetricValue>();
  for (const each of values) {
    const labels = Object.entries(each.labels).sort(([a], [b]) => (a < b ? -1 : 1));
    const series = JSON.stringify([each.metricName, labels]);
    bySeries.set(series, { ...each, value: each.value + (bySeries.get(series)?.value ?? 0) });
  }
  return [...bySeries.values()];
}
