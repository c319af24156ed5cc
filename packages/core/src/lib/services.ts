import type { Layer } from './layer.ts';
import type { ManagedThing } from './managed-thing.ts';
import type { ResourceKind } from './resource.ts';

/** The parts of the server that a feature can use. */
export interface Services {
  /** Each line names the feature, site and route. */
  readonly log: Logger;
  readonly clock: Clock;
  readonly bus: WorkerBus;
  /** Aborts when the server begins to stop: what only keeps a request waiting must let go of it. */
  readonly stopping: AbortSignal;
  readonly metrics: Metrics;
  readonly location: FeatureLocation;
  /**
   * Returns state that survives a reload: a pool, a cache, a counter. Configurations with the same `version` share the
   * value; another version gets a new value beside the old one. `close` runs when no configuration holds the value any
   * more. Each feature has its own keys.
   */
  lease<T>(key: string, version: string, open: () => T, close?: (value: T) => void | Promise<void>): T;
  /**
   * Returns the resource that the top level defines under that name or, for options written in place, a value made from
   * them. An unknown name is reported as a problem of the configuration.
   *
   * @param at where in the feature's options the name or the options stand
   */
  resource<T>(kind: ResourceKind<T>, nameOrOptions: unknown, at?: readonly (string | number)[]): T;
  /**
   * Returns the layers of features that are nested in this feature's options. `composeLayers` combines them into one
   * middleware.
   *
   * @param at where in the feature's options they stand
   */
  nested(options: unknown, at?: readonly (string | number)[]): Promise<readonly Layer[]>;
  /** Shows something of this feature to administrators, and lets them act on it, while this configuration is in use. */
  manage(thing: ManagedThing): void;
  /**
   * Registers work that continues after the answer, for instance a fork. A stop of the server and the end of a replaced
   * configuration wait for it until their deadlines, and then name the work that is not done.
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
  /** The address of the listener, as text; missing for features that do not stand on one. */
  readonly listener?: string;
}

/** Writes messages, each with the facts that belong to it. */
export interface Logger {
  debug(message: string, facts?: Readonly<Record<string, unknown>>): void;
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
}

/** The time and timers, replaceable so that tests can control them. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `callback` once after `delayMs`. Returns a function that cancels it. Does not keep the process alive. */
  schedule(delayMs: number, callback: () => void): () => void;
}

/**
 * Makes instruments. Make them once, not per request. The same name returns the same instrument, so every route can ask
 * for it; with another type or other labels it throws `CONFIG_METRIC_TAKEN`. Names have the form
 * `windhover_<area>_<what>_<unit>`; counters end in `_total`.
 */
export interface Metrics {
  counter(name: string, help: string, labels?: readonly string[]): Instrument<Counter>;
  gauge(name: string, help: string, labels?: readonly string[]): Instrument<Gauge>;
  /** @param bounds upper bounds of the buckets, in ascending order. Default: 5 ms to 10 s, in seconds */
  histogram(name: string, help: string, labels?: readonly string[], bounds?: readonly number[]): Instrument<Histogram>;
}

/**
 * Has one series for each combination of label values. Keep the series that `of` returns, because each call looks it
 * up.
 */
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

/** Sends messages to the same feature in the other workers. */
export interface WorkerBus {
  publish(topic: string, message: unknown): void;
  subscribe(topic: string, listener: (message: unknown) => void): () => void;
}
