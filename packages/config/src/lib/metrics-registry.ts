import type { Counter, Gauge, Histogram, Instrument, Metrics } from '@windhover/core/feature';
import { ConfigError } from './errors.ts';

/** The current state of one series: its label values, and a number or the counts of a histogram. */
export interface MetricSeries {
  readonly labels: readonly string[];
  /** The number of a counter or gauge, or the sum of a histogram's observations. */
  readonly value: number;
  /** For a histogram: the number of observations up to each bound, and finally the total number. */
  readonly buckets: readonly number[];
}

/** An instrument with all its series. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  /** For a histogram. */
  readonly bounds: readonly number[];
  readonly series: readonly MetricSeries[];
}

/** A registry that keeps instruments in memory. */
export interface MetricsRegistry extends Metrics {
  collect(): readonly MetricFamily[];
}

/** Seconds, from a fast answer to one that nobody would wait for. */
const defaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Creates a registry. It survives reloads, so that counters never go back. */
export function createMetricsRegistry(): MetricsRegistry {
  const families = new Map<string, Family>();
  const family = (wanted: FamilyFacts): Family => {
    const existing = families.get(wanted.name);
    if (existing === undefined) {
      const made = new Family(wanted);
      families.set(wanted.name, made);
      return made;
    }
    if (existing.type !== wanted.type || existing.labels.join() !== wanted.labels.join()) {
      const is = `a ${existing.type} with the labels [${existing.labels.join(', ')}]`;
      throw new ConfigError('CONFIG_METRIC_TAKEN', `\`${wanted.name}\` is ${is}`);
    }
    return existing;
  };
  return {
    counter: (name, help, labels = []) => family({ name, help, type: 'counter', labels, bounds: [] }),
    gauge: (name, help, labels = []) => family({ name, help, type: 'gauge', labels, bounds: [] }),
    histogram: (name, help, labels = [], bounds = defaultBounds) =>
      family({ name, help, type: 'histogram', labels, bounds }),
    collect: () => [...families.values()],
  };
}

type FamilyFacts = Omit<MetricFamily, 'series'>;

class Family implements MetricFamily, Instrument<Counter & Gauge & Histogram> {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly bounds: readonly number[];
  private readonly byLabels = new Map<string, Series>();

  constructor({ name, help, type, labels, bounds }: FamilyFacts) {
    this.name = name;
    this.help = help;
    this.type = type;
    this.labels = labels;
    this.bounds = bounds;
  }

  get series(): readonly Series[] {
    return [...this.byLabels.values()];
  }

  of(...values: readonly string[]): Series {
    if (values.length !== this.labels.length) {
      const expected = `\`${this.name}\` has ${this.labels.length} labels, got ${values.length} values`;
      throw new ConfigError('CONFIG_METRIC_LABELS', expected);
    }
    const key = values.join('\0');
    let series = this.byLabels.get(key);
    if (series === undefined) {
      series = new Series(values, this.bounds);
      this.byLabels.set(key, series);
    }
    return series;
  }
}

class Series implements MetricSeries, Counter, Gauge, Histogram {
  readonly labels: readonly string[];
  value = 0;
  readonly buckets: number[];
  private readonly bounds: readonly number[];

  constructor(labels: readonly string[], bounds: readonly number[]) {
    this.labels = labels;
    this.bounds = bounds;
    this.buckets = bounds.length === 0 ? [] : [...bounds, 0].map(() => 0);
  }

  add(amount = 1): void {
    this.value += amount;
  }

  set(value: number): void {
    this.value = value;
  }

  observe(value: number): void {
    this.value += value;
    const { bounds, buckets } = this;
    for (let index = bounds.length - 1; index >= 0 && value <= bounds[index]!; index--) buckets[index]! += 1;
    buckets[bounds.length]! += 1;
  }
}
