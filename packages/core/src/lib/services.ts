import type { Layer } from './feature.ts';
import type { ResourceKind } from './resource.ts';

/** What a feature gets of the server around it. */
export interface Services {
  /** Lines carry the feature, site and route. */
  readonly log: Logger;
  readonly clock: Clock;
  readonly bus: WorkerBus;
  readonly metrics: Metrics;
  readonly location: FeatureLocation;
  /**
   * State that outlives a reload: a pool, a cache, a counter. Configurations with the same `version` share the value; another version is made
   * beside the old one, and `close` runs when no configuration holds the value any more. Keys are the feature's own.
   */
  lease<T>(key: string, version: string, open: () => T, close?: (value: T) => void | Promise<void>): T;
  /**
   * What the top level defines under that name, or, for options written in place, a value of their own. An unknown name is a problem of the
   * configuration.
   *
   * @param at where in the feature's options the name or the options stand
   */
  resource<T>(kind: ResourceKind<T>, nameOrOptions: unknown, at?: readonly (string | number)[]): T;
  /**
   * The layers of features that stand inside this feature's options: `composeLayers` makes one middleware of them.
   *
   * @param at where in the feature's options they stand
   */
  nested(options: unknown, at?: readonly (string | number)[]): Promise<readonly Layer[]>;
  /**
   * Counts work that goes on after the answer, a fork for instance: a stop, and the end of a configuration that was replaced, wait for it, up to
   * their deadlines, and then name what was not done.
   */
  track(work: Promise<unknown>, what: string): void;
}

/** Where a configuration names a feature. */
export interface FeatureLocation {
  /** The folder of the configuration file: relative paths start there. */
  readonly directory: string;
  /** `null` at the top level. */
  readonly site: string | null;
  /** The path of the route; `null` at the top level and on a site. */
  readonly route: string | null;
}

/** A message and the facts that belong to it. */
export interface Logger {
  debug(message: string, facts?: Readonly<Record<string, unknown>>): void;
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
}

/** Time, so that tests can turn it by hand. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `callback` once after `delayMs`. The function returned stops it. Does not keep the process alive. */
  schedule(delayMs: number, callback: () => void): () => void;
}

/**
 * Makes instruments, once and not per request. A name asked for again gives the same instrument, so that every route can ask for it; with
 * another type or other labels it throws `HOST_METRIC_TAKEN`. Names are `windhover_<area>_<what>_<unit>`, counters end in `_total`.
 */
export interface Metrics {
  counter(name: string, help: string, labels?: readonly string[]): Instrument<Counter>;
  gauge(name: string, help: string, labels?: readonly string[]): Instrument<Gauge>;
  /** @param bounds the upper bounds of its buckets, rising. Default: 5 ms to 10 s, in seconds */
  histogram(name: string, help: string, labels?: readonly string[], bounds?: readonly number[]): Instrument<Histogram>;
}

/** One series for each combination of label values. Keep what `of` gives: it looks the series up. */
export interface Instrument<Series> {
  of(...values: readonly string[]): Series;
}

export interface Counter {
  /** Default: 1. Never negative. */
  add(amount?: number): void;
}

export interface Gauge {
  set(value: number): void;
  add(amount: number): void;
}

export interface Histogram {
  observe(value: number): void;
}

/** Messages to the same feature in the other workers. */
export interface WorkerBus {
  publish(topic: string, message: unknown): void;
  subscribe(topic: string, listener: (message: unknown) => void): () => void;
}
