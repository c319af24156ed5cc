import type { Connection, Middleware } from '@windhover/core';
import { effectiveFeatures } from './effective-features.ts';
import type { PlacedFeature } from './placed-feature.ts';

/** The layers of several levels, outermost first, that work on connections before any HTTP. */
export function connectionLayers(levels: readonly (readonly PlacedFeature[])[]): Middleware<Connection>[] {
  const layers = effectiveFeatures(levels).flatMap(({ instance }) => instance?.layers ?? []);
  return layers.flatMap((layer) => (layer.phase === 'connection' ? [layer.run] : []));
}
