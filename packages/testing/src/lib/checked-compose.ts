import { compose, type Handler, type HttpContext, type Middleware } from '@windhover/core';
import { TestingError } from './errors.ts';
import { guardResponse } from './response-guard.ts';

/**
 * `compose` for tests: the pipeline fails with a clear error if a middleware drops the promise of `next`, calls `next`
 * again without `response.reset()`, or if the response is changed after the pipeline has returned.
 */
export function checkedCompose(
  middleware: readonly Middleware<HttpContext>[],
  handler: Handler<HttpContext>,
): Handler<HttpContext> {
  const pipeline = compose(middleware.map(checkLayer), handler);
  return (context) => {
    const guard = guardResponse(context);
    const close = (): void => {
      if (context.response.isAnswered) guard.close(); // otherwise the engine still answers with a 404
    };
    const pending = pipeline(context);
    if (pending !== undefined) return pending.then(close);
    close();
  };
}

function checkLayer(layer: Middleware<HttpContext>, position: number): Middleware<HttpContext> {
  const name = layer.name === '' ? `middleware ${position + 1}` : layer.name;
  return (context, next) => {
    const guard = guardResponse(context);
    let running = 0;
    let resetsAtCall = -1;
    const checkReturned = (): void => {
      if (running > 0) throw new TestingError('TESTING_NEXT_DROPPED', name);
    };
    const pending = layer(context, (inner) => {
      if (resetsAtCall === guard.resets) throw new TestingError('TESTING_NEXT_TWICE', name);
      resetsAtCall = guard.resets;
      const rest = next(inner);
      if (rest === undefined) return;
      running += 1;
      const settled = (): void => {
        running -= 1;
      };
      rest.then(settled, settled);
      return rest;
    });
    if (pending !== undefined) return pending.then(checkReturned);
    checkReturned();
  };
}
