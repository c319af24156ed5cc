import { compose, type Handler, type HttpContext, type Middleware } from '@windhover/core';

/**
 * Runs layers that come before the route is known around `inner`. What they answer or throw themselves has not passed the edge of any route,
 * so it is sent through the one that `edgeFor` names: error pages, logs and headers hold for it too.
 */
export function beforeRoute(
  layers: readonly Middleware<HttpContext>[],
  inner: Handler<HttpContext>,
  edgeFor: (context: HttpContext) => Middleware<HttpContext>,
): Handler<HttpContext> {
  if (layers.length === 0) return inner;
  const passed = new WeakSet<HttpContext>(); // a fork that was passed on is never asked for
  const handler = compose(layers, function chooseNext(context: HttpContext) {
    passed.add(context);
    return inner(context);
  });
  const settle = (context: HttpContext): void | Promise<void> => {
    if (!passed.delete(context)) return edgeFor(context)(context, answered);
  };
  const fail = (context: HttpContext, error: unknown): void | Promise<void> => {
    const rethrow = (): never => {
      throw error;
    };
    return passed.delete(context) ? rethrow() : edgeFor(context)(context, rethrow);
  };
  return function beforeRoute(context) {
    let pending: void | Promise<void>;
    try {
      pending = handler(context);
    } catch (error) {
      return fail(context, error);
    }
    if (pending === undefined) return settle(context);
    return pending.then(
      () => settle(context),
      (error: unknown) => fail(context, error),
    );
  };
}

function answered(): void {
  // by a layer that did not pass the request on
}
