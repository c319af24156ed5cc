import type { Handler, Middleware } from './handler.ts';

/**
 * Wraps middlewares around a handler, the first outermost. This happens once, when the pipeline is built, so a request
 * costs only the calls.
 */
export function compose<C>(middleware: readonly Middleware<C>[], handler: Handler<C>): Handler<C> {
  return middleware.reduceRight<Handler<C>>((next, layer) => (context) => layer(context, next), handler);
}
