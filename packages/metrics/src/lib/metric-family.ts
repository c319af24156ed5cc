/** The current state of one series: its label values, and a number or the counts of a histogram. */
export interface MetricSeries {
  readonly labels: readonly string[];
  /** The number of a counter or gauge, or the sum of a histogram's observations. */
  readonly value: number;
  /** For a histogram: the number of observations up to each bound, and finally the total number. */
  readonly buckets: readonly number[];
}

/** An instrument with all its series, as the registry of `@windhover/config` collects it. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  /** For a histogram: the upper bounds of its buckets. */
  readonly bounds: readonly number[];
  readonly series: readonly MetricSeries[];
}
