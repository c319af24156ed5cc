import type { Generations, PlacedFeature } from '@windhover/config';
import type { Handler, HttpContext } from '@windhover/core';
import type { Metrics } from '@windhover/core/feature';
import { hasAdmin } from '@windhover/features';
import { type DurationHistogram, metrics } from '@windhover/metrics';

/** The part of a configuration that decides. */
interface MeasuredConfig {
  readonly sections: { readonly metrics: object | null };
  readonly features: readonly PlacedFeature[];
}

/** The part of the generations that is needed to measure. */
type Measurable = {
  readonly current: MeasuredConfig;
  readonly handler: Generations<Record<never, never>>['handler'];
};

/**
 * The handler of the configuration in use. It counts and times requests while that configuration serves metrics or the management API, which
 * shows them.
 */
export function measured(
  generations: Measurable,
  registry: Metrics,
  durations: DurationHistogram,
): Handler<HttpContext> {
  const measure = metrics({ metrics: registry, onDuration: (ms) => durations.add(ms) });
  const { handler } = generations;
  let seen: MeasuredConfig | null = null;
  let isMeasured = false;
  return function handle(context) {
    const { current } = generations;
    if (current !== seen) {
      seen = current;
      isMeasured = current.sections.metrics !== null || hasAdmin(current.features);
    }
    return isMeasured ? measure(context, handler) : handler(context);
  };
}
