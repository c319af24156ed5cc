import type { HttpContext, Middleware } from '@windhover/core';
import { type Feature, type HttpLayer, phaseOrder } from '@windhover/core/feature';
import type { ListenerConfig } from './configuration.ts';
import { effectiveFeatures } from './effective-features.ts';
import { listenerKey } from './listen-address.ts';
import type { PlacedFeature } from './placed-feature.ts';

/** Returns the key of the listener at which a request has arrived; `undefined` if it is not known. */
export type ListenerOf = (context: HttpContext) => string | undefined;

type HttpPhase = HttpLayer['phase'];

/**
 * The layers that listeners put around requests, as a level of its own. Each layer runs that of the listener at which the request has
 * arrived, so nothing is composed for each pair of a listener and a route.
 */
export function listenerLevel(
  listeners: readonly Pick<ListenerConfig, 'address' | 'features'>[],
  listenerOf: ListenerOf,
): readonly PlacedFeature[] {
  const layers = phaseOrder.flatMap((phase) => (phase === 'connection' ? [] : layersOf(listeners, phase, listenerOf)));
  return layers.length === 0 ? [] : [{ feature: ofListeners, path: ['listen'], instance: { layers } }];
}

/** The first layer of each listener is behind one layer, the second of each behind another. */
function layersOf(
  listeners: readonly Pick<ListenerConfig, 'address' | 'features'>[],
  phase: HttpPhase,
  listenerOf: ListenerOf,
): readonly HttpLayer[] {
  const all = listeners.map(({ address, features }) => [listenerKey(address), runsOf(features, phase)] as const);
  const most = Math.max(0, ...all.map(([, runs]) => runs.length));
  return Array.from({ length: most }, (_, index) => {
    const byListener = new Map(all.flatMap(([key, runs]) => (index < runs.length ? [[key, runs[index]!]] : [])));
    const run: Middleware<HttpContext> = function chooseListener(context, next) {
      const own = byListener.get(listenerOf(context) ?? '');
      return own === undefined ? next(context) : own(context, next);
    };
    return { phase, run };
  });
}

function runsOf(features: readonly PlacedFeature[], phase: HttpPhase): readonly Middleware<HttpContext>[] {
  const layers = effectiveFeatures([features]).flatMap(({ instance }) => instance?.layers ?? []);
  return layers.flatMap((layer) => (layer.phase === phase ? [layer.run] : []));
}

/** Stands for the features of all listeners. No configuration can name it. */
const ofListeners: Feature<unknown> = {
  name: 'listen',
  levels: ['top'],
  phases: phaseOrder,
  combine: 'add',
  schema: { '~standard': { version: 1, vendor: 'windhover', validate: (value) => ({ value }) } },
  create: () => ({ layers: [] }),
};
