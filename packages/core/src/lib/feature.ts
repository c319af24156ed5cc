import type { Connection } from './channel.ts';
import type { Middleware } from './handler.ts';
import type { HttpContext } from './http-context.ts';
import type { HttpRequest } from './http-request.ts';
import type { Phase } from './phases.ts';
import type { ResourceKind } from './resource.ts';
import type { Services } from './services.ts';

/** Where a configuration may name a feature: on a listener, above all sites, on a site, on a route. */
export type Level = 'listener' | 'top' | 'site' | 'route';

/** A plugin: the default export of a package that a configuration lists under `plugins`. */
export interface Feature<Options> {
  /** Its key in the configuration: `geoip`, or `acme.geoip` for a feature that does not come with Windhover. */
  readonly name: string;
  /** Checks the options and describes them for editors. zod, valibot and arktype schemas fit. */
  readonly schema: StandardSchema<Options> & { toJSONSchema?(): object };
  readonly levels: readonly Level[];
  /**
   * The phases its layers may stand in; none for a feature that handles no request, a certificate renewer for instance. A feature of the phase
   * `origin` is what a route needs one of.
   */
  readonly phases: readonly Phase[];
  /**
   * What happens where an inner level names it too: `replace` takes the inner instance alone, `add` runs the outer instance around the inner
   * one, and lets a list name the feature several times.
   */
  readonly combine: 'replace' | 'add';
  /**
   * Makes an instance from valid options. Opens nothing, since checking a configuration calls it too. An error that has `issues`, as those
   * of Standard Schema, becomes a problem of the configuration at their `path`; so does an error with a `code`.
   */
  create(options: Options, services: Services): FeatureInstance | Promise<FeatureInstance>;
}

/** A feature at one place of one configuration. */
export interface FeatureInstance extends Lifecycle {
  readonly layers: readonly Layer[];
}

/** The life of something that a configuration has made: prepared, then committed or given up, at last disposed of. */
export interface Lifecycle {
  /** Opens files, sockets and timers. When one fails, nothing of the new configuration is used. */
  prepare?(): void | Promise<void>;
  /** The configuration is in use from now on. Cannot fail: what could is done in `prepare`. */
  commit?(): void;
  /** Lets go of everything, whether it was prepared or not, after the last request of its configuration has ended. */
  dispose?(): void | Promise<void>;
}

/** A middleware and its phase. */
export type Layer = { readonly phase: 'connection'; readonly run: Middleware<Connection> } | HttpLayer;

/** A middleware on requests. */
export interface HttpLayer {
  readonly phase: Exclude<Phase, 'connection'>;
  readonly run: Middleware<HttpContext>;
  /** What it would decide for a request, and why. Looks, but changes nothing. */
  explain?(request: HttpRequest): readonly Reason[];
}

/** One line of an explanation. */
export interface Reason {
  readonly decision: string;
  readonly because: string;
}

/** Makes the values of a named resource: `upstreams`, `stores`, `users`. Stands in a distribution's list beside the features. */
export interface ResourceFeature<Options, T> {
  readonly kind: ResourceKind<T>;
  /**
   * The key that chooses this maker where a kind has several: `redis` in `shared: { redis: redis://127.0.0.1 }`. `null`: the options are
   * the entry itself.
   */
  readonly maker: string | null;
  /** Checks the options of one entry. It must answer at once: a schema that is asynchronous is refused. */
  readonly schema: StandardSchema<Options> & { toJSONSchema?(): object };
  /** Makes one value. Opens nothing, as `Feature.create`. `name` is `null` for one that stands in place, without a name. */
  create(name: string | null, options: Options, services: Services): Resource<T>;
}

/** A value with its life. */
export interface Resource<T> extends Lifecycle {
  readonly value: T;
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
