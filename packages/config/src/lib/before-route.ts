import { compose, type Handler, type HttpContext, type Middleware } from '@windhover/core';

/**
 * Wraps `inner` in the layers that run before the route is known. An answer or error of such a layer has passed no route's edge, so it is
 * sent through the edge that `edgeFor` returns: error pages, logs and headers apply to it too.
 */
export function beforeRoute(
  layers: readonly Middleware<HttpContext>[],
  inner: Handler<HttpContext>,
  edgeFor: (context: HttpContext) => Middleware<HttpContext>,
): Handler<HttpContext> {
  if (layers.length === 0) return inner;
  const passed = new WeakSet<HttpContext>(); // nobody looks up a fork that was passed on
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
  // a layer has answered and did not pass the request on
}
