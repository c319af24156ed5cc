import type { HttpContext, Middleware } from '@windhover/core';
import { type HttpLayer, inPhaseOrder, type WrappedLayer } from '@windhover/core/feature';
import { formatConfigPath } from './config-path.ts';
import type { PlacedFeature } from './placed-feature.ts';

type Wrap = (layer: WrappedLayer) => Middleware<HttpContext>;

/**
 * Returns the layers of features that handle requests, in the order of their phases.
 *
 * @param inEffect the features that may wrap them. Default: the same
 */
export function httpLayers(
  features: readonly PlacedFeature[],
  inEffect: readonly PlacedFeature[] = features,
): readonly HttpLayer[] {
  const wraps = inEffect.flatMap(({ instance }): readonly Wrap[] =>
    instance?.wrap === undefined ? [] : [(layer) => instance.wrap!(layer)],
  );
  if (wraps.length === 0) return inPhaseOrder(features.flatMap(({ instance }) => instance?.layers ?? []));
  return inPhaseOrder(features.flatMap((placed) => wrappedLayers(placed, wraps)));
}

/** An instance that wraps others is not wrapped itself. */
function wrappedLayers({ feature, path, instance }: PlacedFeature, wraps: readonly Wrap[]): readonly HttpLayer[] {
  const layers = inPhaseOrder(instance?.layers ?? []);
  if (instance?.wrap !== undefined) return layers;
  const place = formatConfigPath(path);
  return layers.map((layer) =>
    wraps.reduceRight<HttpLayer>((inner, wrap) => {
      const explained = layer.explain === undefined ? {} : { explain: layer.explain.bind(layer) };
      const { phase } = layer;
      return { phase, run: wrap({ phase, run: inner.run, ...explained, feature: feature.name, place }), ...explained };
    }, layer),
  );
}
