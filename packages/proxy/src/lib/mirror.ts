import { disposeBody, type Handler, type HttpContext, type Logger, type Middleware } from '@windhover/core';

/** Options of `mirror`. */
export interface MirrorOptions {
  /** The share of requests that are copied, from 0 to 1. Default: 1. */
  readonly share?: number;
  /**
   * Requests with a longer body, or one of unknown length, are not copied. A body that is copied is read whole first.
   * Default: 65,536.
   */
  readonly maxBodyBytes?: number;
  /** Copies at a time; above that, requests are not copied. Default: 100: a slow copy must not cost memory. */
  readonly maxAtOnce?: number;
  /** Is told of work that goes on after the answer. Default: nobody. */
  readonly track?: (work: Promise<unknown>, what: string) => void;
  /** Hears that the first copy failed, and why. Default: nobody. */
  readonly log?: Logger;
  /** A number from 0 up to, not including, 1. Default: `Math.random`. */
  readonly random?: () => number;
}

/** Copies requests to another handler, whose answers nobody gets. The client does not wait for it. */
export function mirror(to: Handler<HttpContext>, options: MirrorOptions = {}): Middleware<HttpContext> {
  const { share = 1, maxBodyBytes = 65_536, maxAtOnce = 100, track, log, random = Math.random } = options;
  let underWay = 0;
  let failures = 0;

  function copy(context: HttpContext): void {
    if (underWay >= maxAtOnce) return;
    underWay += 1;
    const work = context
      .fork(to)
      .then(({ response }) => disposeBody(response.takeBody(), new Error('nobody wants the answer of a copy')))
      .catch((error: unknown) => {
        failures += 1;
        if (failures === 1) log?.warn('A copy of a request failed', { error });
      })
      .finally(() => {
        underWay -= 1;
      });
    track?.(work, 'a copy of a request');
  }

  return function mirror(context, next) {
    const { request } = context;
    const { length } = request.body;
    const isShort = length !== null && length <= maxBodyBytes;
    if (!isShort || request.upgrade !== null || random() >= share) return next(context);
    if (length === 0) {
      copy(context);
      return next(context);
    }
    return request.body.bytes().then(() => {
      copy(context);
      return next(context);
    });
  };
}
