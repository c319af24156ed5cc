import type { MetricFamily, MetricSeries } from './metric-family.ts';
import type { MetricObject, MetricValue } from './metrics-snapshot.ts';

/** Copies the current numbers of an instrument. What says whether something is up is true if every worker says so. */
export function toMetricObject({ name, help, type, labels, bounds, series }: MetricFamily): MetricObject {
  const values = series.flatMap((each): MetricValue[] => {
    const named = Object.fromEntries(labels.map((label, index) => [label, each.labels[index]!]));
    return type === 'histogram' ? histogramValues(name, named, bounds, each) : [{ labels: named, value: each.value }];
  });
  return { name, help, type, aggregator: hasOneValue.test(name) ? 'min' : 'sum', values };
}

function histogramValues(
  name: string,
  labels: MetricValue['labels'],
  bounds: readonly number[],
  { value, buckets }: MetricSeries,
): MetricValue[] {
  const limits: readonly (string | number)[] = [...bounds, '+Inf'];
  const counts = limits.map((le, index) => ({
    labels: { ...labels, le },
    value: buckets[index]!,
    metricName: `${name}_bucket`,
  }));
  const total = buckets[bounds.length]!;
  return [
    ...counts,
    { labels, value, metricName: `${name}_sum` },
    { labels, value: total, metricName: `${name}_count` },
  ];
}

/** Each worker says the same about these, or one knows something worse. */
const hasOneValue = /_up$|_timestamp_seconds$/;
