import type { Handler, Middleware } from './handler.ts';

/** Folds middlewares around a handler, the first outermost. Done once, when the pipeline is built: a request pays only for calls. */
export function compose<C>(middleware: readonly Middleware<C>[], handler: Handler<C>): Handler<C> {
  return middleware.reduceRight<Handler<C>>((next, layer) => (context) => layer(context, next), handler);
}
