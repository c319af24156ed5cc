import { compose } from './compose.ts';
import type { Handler, Middleware } from './handler.ts';
import type { HttpContext } from './http-context.ts';
import type { HttpLayer, Layer } from './layer.ts';
import { phaseOrder } from './phases.ts';

/** Returns the layers that handle requests, sorted by phase. Layers of the same phase keep their order. */
export function inPhaseOrder(layers: readonly Layer[]): HttpLayer[] {
  const http = layers.filter((layer): layer is HttpLayer => layer.phase !== 'connection');
  return http.sort((one, other) => phaseOrder.indexOf(one.phase) - phaseOrder.indexOf(other.phase));
}

/** Combines several layers into one middleware, in the order of their phases. Layers on connections are left out. */
export function composeLayers(layers: readonly Layer[]): Middleware<HttpContext> {
  const ordered = inPhaseOrder(layers).map(({ run }) => run);
  let last: Handler<HttpContext> | null = null;
  let composed: Handler<HttpContext>;
  return function runLayers(context, next) {
    if (last !== next) composed = compose(ordered, next);
    last = next; // a pipeline that is composed once passes the same `next` for every request
    return composed(context);
  };
}
