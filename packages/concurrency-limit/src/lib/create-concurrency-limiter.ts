import { type Clock, type HttpContext, type Middleware, systemClock } from '@windhover/core';
import {
  type ConcurrencyLimitOptions,
  type ConcurrencyLimits,
  type ConcurrencyObserver,
  type ResolvedLimits,
  resolveLimits,
} from './limiter-options.ts';

/** Places for requests, and a queue for those that find none. */
export interface ConcurrencyLimiter {
  readonly middleware: Middleware<HttpContext>;
  /** The number of requests that have a place. */
  readonly active: number;
  /** The number of requests in the queue. */
  readonly waiting: number;
  /**
   * Changes the limits. Requests that have a place or wait keep it, also if there are more than are allowed now.
   */
  configure(max: number, limits?: ConcurrencyLimits): void;
}

/** Creates a limiter whose limits can be changed while it is in use. Throws `CONCURRENCY_LIMIT_OPTION_INVALID`. */
export function createConcurrencyLimiter(max: number, options: ConcurrencyLimitOptions = {}): ConcurrencyLimiter {
  return new Limiter(resolveLimits(max, options), options.observer ?? nobody, options.clock ?? systemClock);
}

const nobody: ConcurrencyObserver = { waiting: () => undefined, refused: () => undefined };

class Limiter implements ConcurrencyLimiter {
  active = 0;
  private limits: ResolvedLimits;
  /** Each function gives its request a place. In the order of arrival. */
  private readonly queue = new Set<() => void>();
  private readonly observer: ConcurrencyObserver;
  private readonly clock: Clock;
  /** One function for all requests, so that a request below the limit costs no closure. */
  private readonly leave = (): void => {
    this.active -= 1;
    if (this.queue.size > 0) this.admit();
  };
  readonly middleware: Middleware<HttpContext>;

  constructor(limits: ResolvedLimits, observer: ConcurrencyObserver, clock: Clock) {
    this.limits = limits;
    this.observer = observer;
    this.clock = clock;
    this.middleware = (context, next) => {
      if (this.active >= this.limits.max) return this.waitOrRefuse(context, next);
      this.active += 1;
      context.onSent(this.leave);
      return next(context);
    };
    Object.defineProperty(this.middleware, 'name', { value: 'concurrencyLimit' });
  }

  get waiting(): number {
    return this.queue.size;
  }

  configure(max: number, limits: ConcurrencyLimits = {}): void {
    this.limits = resolveLimits(max, limits);
    this.admit();
  }

  private waitOrRefuse(context: HttpContext, next: Parameters<Middleware<HttpContext>>[1]): void | Promise<void> {
    if (this.queue.size >= this.limits.queue) {
      this.refuse(context, 'full');
      return;
    }
    return this.wait(context).then((hasPlace) => {
      if (!hasPlace) {
        this.refuse(context, 'timeout');
        return;
      }
      context.onSent(this.leave); // at once if the client has left meanwhile
      return next(context);
    });
  }

  /** Resolves with whether there was a place in time. Rejects if the exchange is aborted before. */
  private wait(context: HttpContext): Promise<boolean> {
    return new Promise((resolve, reject) => {
      let stopTimer = (): void => undefined;
      const giveUp = (settle: () => void): void => {
        if (!this.queue.delete(enter)) return; // it has a place already
        stopTimer();
        this.observer.waiting(this.queue.size);
        settle();
      };
      const enter = (): void => {
        stopTimer();
        resolve(true);
      };
      this.queue.add(enter);
      this.observer.waiting(this.queue.size);
      const { queueTimeoutMs } = this.limits;
      if (queueTimeoutMs !== null) stopTimer = this.clock.schedule(queueTimeoutMs, () => giveUp(() => resolve(false)));
      context.onAbort((reason) => giveUp(() => reject(reason)));
    });
  }

  /** Gives free places to those who wait, in the order of arrival. */
  private admit(): void {
    for (const enter of this.queue) {
      if (this.active >= this.limits.max) return;
      this.queue.delete(enter);
      this.active += 1;
      this.observer.waiting(this.queue.size);
      enter();
    }
  }

  /** Not an error that a log should show one by one, so nothing is thrown; error pages give it a body. */
  private refuse({ response }: HttpContext, why: 'full' | 'timeout'): void {
    this.observer.refused(why);
    response.status = 503;
    response.headers.set('Retry-After', this.limits.retryAfter); // RFC 9110 §10.2.3
  }
}
