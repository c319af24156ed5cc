import type { Middleware } from './handler.ts';
import type { HttpContext } from './http-context.ts';
import type { HttpLayer, Layer } from './layer.ts';
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
   * The phases that its layers may use; empty for a feature that handles no request, for instance a certificate
   * renewer. Every route needs a feature of the phase `origin`.
   */
  readonly phases: readonly Phase[];
  /**
   * How instances combine if an inner level names the feature too: with `replace` only the inner instance runs; with
   * `add` the outer instance runs around the inner one, and a list may name the feature several times.
   */
  readonly combine: 'replace' | 'add';
  /**
   * With `add`: whether a list is the options of one instance, for instance of rules that run in order. Default: false,
   * each entry is an instance.
   */
  readonly takesList?: boolean;
  /**
   * Whether `false` is an option, which the schema must take, for instance where nothing named means that something is
   * allowed. Default: false, it takes away the instances of outer levels.
   */
  readonly takesFalse?: boolean;
  /**
   * Makes an instance from valid options. It must open nothing, because it is also called when a configuration is only
   * checked. An error with `issues` as in Standard Schema is reported as problems of the configuration, each at its
   * `path`. An error with a `code` is reported as a problem too.
   */
  create(options: Options, services: Services): FeatureInstance | Promise<FeatureInstance>;
}

/** A feature at one place of one configuration. */
export interface FeatureInstance extends Lifecycle {
  readonly layers: readonly Layer[];
  /**
   * Whether its answers may show what other paths have, as the listing of a folder does. Then the context holds
   * `auth.mayShow`, which says what may be shown. Default: false.
   */
  readonly showsOtherPaths?: boolean;
  /**
   * Wraps every layer that stands in the pipelines where this instance is in effect, once, when they are built: for code
   * that records what each of them does. An instance of a site or route does not see the layers that run before the site
   * or route is known. Without it nothing is spent.
   */
  wrap?(layer: WrappedLayer): Middleware<HttpContext>;
}

/** A layer, and where it comes from. */
export interface WrappedLayer extends HttpLayer {
  /** The name of its feature. */
  readonly feature: string;
  /** Where it stands in the configuration: `sites.shop.routes[1].proxy`. */
  readonly place: string;
}

/**
 * The lifecycle of an object that a configuration makes: it is prepared, then committed or given up, and finally
 * disposed of.
 */
export interface Lifecycle {
  /** Opens files, sockets and timers. If any `prepare` fails, nothing of the new configuration is used. */
  prepare?(): void | Promise<void>;
  /** The configuration is in use from now on. Must not fail: do everything that can fail in `prepare`. */
  commit?(): void;
  /**
   * Releases everything, after the last request of its configuration has ended. Also called if it was never prepared.
   */
  dispose?(): void | Promise<void>;
}

/**
 * Makes the values of a named resource: `upstreams`, `stores`, `users`. A distribution lists it beside the features.
 */
export interface ResourceFeature<Options, T> {
  readonly kind: ResourceKind<T>;
  /**
   * The key that selects this maker if a kind has several: `redis` in `shared: { redis: redis://127.0.0.1 }`. `null`:
   * the entry itself holds the options.
   */
  readonly maker: string | null;
  /** Checks the options of one entry. It must be synchronous: an asynchronous schema is refused. */
  readonly schema: StandardSchema<Options> & { toJSONSchema?(): object };
  /**
   * Makes one value. It must open nothing, like `Feature.create`. `name` is `null` for a value that is written in
   * place, without a name.
   */
  create(name: string | null, options: Options, services: Services): Resource<T>;
}

/** A value with its lifecycle. */
export interface Resource<T> extends Lifecycle {
  readonly value: T;
}

/** The part of Standard Schema v1 that is used here; zod, valibot and arktype implement it. */
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
