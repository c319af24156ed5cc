import type { Counter, Gauge, Histogram, Instrument, Metrics } from '@windhover/core/feature';
import * as prom from 'prom-client';

/**
 * Makes instruments in a registry of prom-client, so that they appear where a program already shows its own. Asking
 * twice for a name returns the same instrument.
 *
 * @param registry Default: prom-client's global registry
 */
export function fromPromClient(registry: prom.Registry = prom.register): Metrics {
  const make = <M>(name: string, create: () => M): M => (registry.getSingleMetric(name) as M | undefined) ?? create();
  return {
    counter(name, help, labels = []) {
      const facts = { name, help, labelNames: [...labels], registers: [registry] };
      return counters(make(name, () => new prom.Counter(facts)));
    },
    gauge(name, help, labels = []) {
      const facts = { name, help, labelNames: [...labels], registers: [registry] };
      return gauges(make(name, () => new prom.Gauge(facts)));
    },
    histogram(name, help, labels = [], bounds) {
      const buckets = bounds === undefined ? {} : { buckets: [...bounds] };
      const facts = { name, help, labelNames: [...labels], registers: [registry], ...buckets };
      return histograms(make(name, () => new prom.Histogram(facts)));
    },
  };
}

function counters(counter: prom.Counter): Instrument<Counter> {
  return {
    of(...values) {
      const series = counter.labels(...values);
      return { add: (amount = 1) => series.inc(amount) };
    },
  };
}

function gauges(gauge: prom.Gauge): Instrument<Gauge> {
  return {
    of(...values) {
      const series = gauge.labels(...values);
      return { set: (value) => series.set(value), add: (amount) => series.inc(amount) };
    },
  };
}

function histograms(histogram: prom.Histogram): Instrument<Histogram> {
  return {
    of(...values) {
      const series = histogram.labels(...values);
      return { observe: (value) => series.observe(value) };
    },
  };
}
