import type { Generations } from '@windhover/config';
import type { Handler, HttpContext } from '@windhover/core';
import type { Metrics } from '@windhover/core/feature';
import { metrics } from '@windhover/metrics';

/** The part of the generations that is needed to measure. */
type Measurable = {
  readonly current: { readonly sections: { readonly metrics: object | null } };
  readonly handler: Generations<Record<never, never>>['handler'];
};

/** The handler of the configuration in use. It counts and times requests while that configuration serves metrics. */
export function measured(generations: Measurable, registry: Metrics): Handler<HttpContext> {
  const measure = metrics({ metrics: registry });
  const { handler } = generations;
  return function handle(context) {
    return generations.current.sections.metrics === null ? handler(context) : measure(context, handler);
  };
}
