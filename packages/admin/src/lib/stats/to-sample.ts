import type { ApiSample } from '../api-types.ts';

/** What one process has counted since its start, and what it is now. */
export interface ProcessCounts {
  readonly requests: number;
  /** Answers of 500 and above, and those that did not end well. */
  readonly errors: number;
  /** How many requests took up to each bound, and finally all of them. */
  readonly durations: readonly number[];
  readonly received: number;
  readonly sent: number;
  readonly connections: number;
  readonly inFlight: number;
  /** Microseconds of CPU time. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  /** The longest wait of the event loop since the last time, in milliseconds. */
  readonly eventLoop: number;
}

/** The processes at one moment, by a name that a new process does not share with an old one. */
export type CountsByProcess = ReadonlyMap<string, ProcessCounts>;

/**
 * Makes a sample of two moments. A process that is new counts from zero; of one that has ended, what it counted last is lost.
 *
 * @param bounds the upper bounds of `durations`, in milliseconds
 */
export function toSample(
  before: { readonly at: number; readonly counts: CountsByProcess },
  after: { readonly at: number; readonly counts: CountsByProcess },
  bounds: readonly number[],
): ApiSample {
  const seconds = Math.max(0.001, (after.at - before.at) / 1000);
  const sum = (read: (counts: ProcessCounts) => number): number =>
    [...after.counts.values()].reduce((total, counts) => total + read(counts), 0);
  const grown = (read: (counts: ProcessCounts) => number): number =>
    [...after.counts].reduce((total, [name, counts]) => {
      const old = before.counts.get(name);
      return total + Math.max(0, read(counts) - (old === undefined ? 0 : read(old)));
    }, 0);
  const buckets = Array.from({ length: bounds.length + 1 }, (_, index) =>
    grown(({ durations }) => durations[index] ?? 0),
  );
  const perSecond = (read: (counts: ProcessCounts) => number): number => round(grown(read) / seconds);
  return {
    at: after.at,
    requests: perSecond(({ requests }) => requests),
    errors: perSecond(({ errors }) => errors),
    p50: quantile(0.5, bounds, buckets),
    p95: quantile(0.95, bounds, buckets),
    p99: quantile(0.99, bounds, buckets),
    received: perSecond(({ received }) => received),
    sent: perSecond(({ sent }) => sent),
    connections: sum(({ connections }) => connections),
    inFlight: sum(({ inFlight }) => inFlight),
    cpu: round(grown(({ cpu }) => cpu) / 1e6 / seconds),
    memory: sum(({ memory }) => memory),
    eventLoop: round(Math.max(0, ...[...after.counts.values()].map(({ eventLoop }) => eventLoop))),
  };
}

/**
 * Estimates a quantile from the numbers up to each bound, as Prometheus does: within a bucket the values are spread evenly. `null`: there
 * are none.
 *
 * @param cumulative one more than bounds: the last is the total
 */
export function quantile(q: number, bounds: readonly number[], cumulative: readonly number[]): number | null {
  const total = cumulative.at(-1) ?? 0;
  if (total === 0) return null;
  const rank = q * total;
  const index = cumulative.findIndex((count) => count >= rank);
  if (index >= bounds.length) return bounds.at(-1) ?? null; // beyond the last bound nothing is known
  const below = index === 0 ? 0 : cumulative[index - 1]!;
  const from = index === 0 ? 0 : bounds[index - 1]!;
  const share = (rank - below) / Math.max(1e-9, cumulative[index]! - below);
  return round(from + (bounds[index]! - from) * share);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
