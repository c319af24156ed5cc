import type { Feature, FeatureInstance, FeatureLocation } from '@windhover/core/feature';
import { describeValue } from '@windhover/options';
import { isBeforeRoute } from './check-feature.ts';
import type { ConfigErrorCode } from './errors.ts';

/** What is wrong with an instance, whatever its options. */
export interface LayersFault {
  readonly code: ConfigErrorCode;
  /** Goes on from "the feature …". */
  readonly why: string;
}

/** Says why the layers of a new instance cannot be used; `null`: they can. An untyped plugin may have made anything. */
export function layersFault(
  { phases }: Pick<Feature<unknown>, 'phases'>,
  instance: FeatureInstance,
  { site, route }: Pick<FeatureLocation, 'site' | 'route'>,
): LayersFault | null {
  const { layers } = (instance ?? {}) as Partial<FeatureInstance>;
  if (!Array.isArray(layers)) {
    const made = instance === undefined || instance === null ? ': `create` returned nothing' : '';
    return { code: 'CONFIG_FEATURE_INVALID', why: `made an instance without layers${made}` };
  }
  for (const layer of layers) {
    const { phase, run } = (layer ?? {}) as Partial<FeatureInstance['layers'][number]>;
    if (!phases.includes(phase!)) {
      const why = `made a layer in the phase ${describeValue(phase)}, which its \`phases\` do not list`;
      return { code: 'CONFIG_LAYER_UNEXPECTED', why };
    }
    if (typeof run !== 'function') {
      const keys = Object.keys(layer).filter((key) => key !== 'phase');
      const has = keys.length === 0 ? '' : `: it has \`${keys.join('`, `')}\``;
      return { code: 'CONFIG_FEATURE_INVALID', why: `made a layer without the function \`run\`${has}` };
    }
    if (site !== null && route !== null && isBeforeRoute(phase!)) {
      const why = `made a layer for a route in the phase \`${phase}\`, which runs before the route is known`;
      return { code: 'CONFIG_LAYER_UNEXPECTED', why };
    }
  }
  return null;
}
