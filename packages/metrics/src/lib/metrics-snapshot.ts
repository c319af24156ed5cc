/** One number of an instrument, in the form of prom-client's `getMetricsAsJSON()`. */
export interface MetricValue {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** Differs from the instrument's name for the parts of a histogram: `…_bucket`, `…_sum`, `…_count`. */
  readonly metricName?: string;
}

/** An instrument with its current numbers, in the form of prom-client's `getMetricsAsJSON()`. */
export interface MetricObject {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  /** How the numbers of several workers become one. */
  readonly aggregator: 'sum' | 'first' | 'min' | 'max' | 'average' | 'omit';
  readonly values: readonly MetricValue[];
}

/** All numbers of one process at one moment: plain data, which survives JSON, so that a worker can send it. */
export type MetricsSnapshot = readonly MetricObject[];
