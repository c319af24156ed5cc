import type { HttpContext, Middleware } from '@windhover/core';
import type { Metrics } from '@windhover/core/feature';
import { anyFunction, checkOptions, type Rules, withFunctions } from '@windhover/options';
import { optionError } from './errors.ts';
import { fromPromClient } from './from-prom-client.ts';
import { RequestInstruments } from './request-instruments.ts';

/** Options of `metrics`. */
export interface MetricsOptions {
  /**
   * Makes the instruments: `services.metrics` in a feature, or `fromPromClient(registry)`. Default: the global registry
   * of prom-client.
   */
  readonly metrics?: Metrics;
  /**
   * Returns the template of the route, once the request has ended, for frameworks with a router of their own. It must
   * not return the path of the request: beyond 1000 different values all others count as `other`. Default:
   * `context.route`.
   */
  readonly route?: (context: HttpContext) => string;
  /** Hears how long each request took, in milliseconds. Default: nobody. */
  readonly onDuration?: (ms: number) => void;
}

const optionRules: Rules<MetricsOptions> = {
  metrics: withFunctions(['counter', 'gauge', 'histogram']),
  route: anyFunction,
  onDuration: anyFunction,
};

/**
 * Counts and times requests by site, route, method and status, their bytes, and what happened at upstreams. No label
 * comes from the request itself. Place it outside of everything that answers. Throws `METRICS_OPTION_INVALID` when it
 * is created.
 */
export function metrics(options: MetricsOptions = {}): Middleware<HttpContext> {
  checkOptions(options, optionRules, optionError);
  const { metrics: given, route = routeOf, onDuration } = options;
  const instruments = new RequestInstruments(given ?? fromPromClient());
  const { inFlight } = instruments;
  return function metrics(context, next) {
    const { method } = context.request;
    inFlight.add(1);
    context.onSent((outcome) => {
      inFlight.add(-1);
      instruments.record(context, route(context), method, outcome);
      onDuration?.(outcome.endedAt - outcome.startedAt);
    });
    return next(context);
  };
}

function routeOf({ route }: HttpContext): string {
  return route;
}
