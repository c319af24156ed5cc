import type { Connection } from './channel.ts';
import type { Handler, Middleware } from './handler.ts';
import type { HttpContext } from './http-context.ts';
import type { HttpRequest } from './http-request.ts';

/** Where in the pipeline a feature stands. The phases run in this order. */
export type Phase = 'connection' | 'identity' | 'filter' | 'auth' | 'limit' | 'transform' | 'cache' | 'handler';

/** A plugin: the default export of a package that a configuration names. */
export interface Feature<Options> {
  /** `geoip`, or `acme.geoip` for one that is not ours: its key in the configuration. */
  readonly name: string;
  readonly schema: StandardSchema<Options> & { toJSONSchema?(): object };
  readonly place: Phase;
  /** Makes an instance from valid options. Opens nothing: checking a configuration calls it too. */
  create(options: Options, host: FeatureHost): FeatureInstance | Promise<FeatureInstance>;
}

/** What a feature does, once for each place in the configuration that names it. */
export interface FeatureInstance {
  connection?: Middleware<Connection>;
  middleware?: Middleware<HttpContext>;
  handler?: Handler<HttpContext>;
  /** Opens files, sockets and timers. */
  start?(): void | Promise<void>;
  /** Says what it would decide for a request, and why. */
  explain?(request: HttpRequest): readonly Reason[];
  dispose?(): void | Promise<void>;
}

/** One line of an explanation. */
export interface Reason {
  readonly decision: string;
  readonly because: string;
}

/** What a feature gets of the server around it. */
export interface Host {
  readonly log: Logger;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly bus: WorkerBus;
  /** State that outlives a reload: made once for a key and version, disposed of when no configuration wants it any more. */
  keep<T>(key: string, version: string, create: () => T, dispose?: (value: T) => void): T;
  /** Counts work that goes on after the answer, so that a stop waits for it. */
  track(work: Promise<unknown>): void;
}

/** The host as one feature sees it: it knows where in the configuration it stands. */
export interface FeatureHost extends Host {
  readonly location: FeatureLocation;
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

/** Counters by name and a few labels. */
export interface Metrics {
  count(name: string, amount?: number, labels?: Readonly<Record<string, string>>): void;
  observe(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
}

/** Messages to the same feature in the other workers. */
export interface WorkerBus {
  publish(topic: string, message: unknown): void;
  subscribe(topic: string, listener: (message: unknown) => void): () => void;
}

/** The part of Standard Schema v1 that is used; zod, valibot and arktype have it. */
export interface StandardSchema<Output> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
  };
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] };
