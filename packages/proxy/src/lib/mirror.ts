import { disposeBody, type Handler, type HttpContext, type Logger, type Middleware } from '@windhover/core';
import { anyFunction, checkOptions, type Rules, rule, wholeNumber, withFunctions } from '@windhover/options';
import { proxyError } from './proxy-error.ts';

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

const rules: Rules<MirrorOptions> = {
  share: rule('a number from 0 to 1', (value) => typeof value === 'number' && value >= 0 && value <= 1),
  maxBodyBytes: wholeNumber(0),
  maxAtOnce: wholeNumber(1),
  track: anyFunction,
  log: withFunctions(['warn']),
  random: anyFunction,
};

/**
 * Copies requests to another handler, whose answers nobody gets. The client does not wait for it. Throws
 * `PROXY_OPTION_INVALID`.
 */
export function mirror(to: Handler<HttpContext>, options: MirrorOptions = {}): Middleware<HttpContext> {
  checkOptions(options, rules, (fault) => proxyError('PROXY_OPTION_INVALID', fault));
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
