import { type Clock, type Handler, type HttpContext, type Middleware, systemClock } from '@windhover/core';
import {
  type ConcurrencyLimitOptions,
  type ConcurrencyLimits,
  type ConcurrencyObserver,
  type ResolvedLimits,
  resolveLimits,
} from './limiter-options.ts';
import { WaitQueue } from './wait-queue.ts';

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
  return new Limiter(resolveLimits(max, options), options);
}

const nobody: ConcurrencyObserver = { waiting: () => undefined, refused: () => undefined };

/** Those who wait: what gives them a place, and what refuses them. */
interface Entry {
  enter(): void;
  refuse(): void;
}

/** The places of one key, or of all requests. */
class Lane {
  active = 0;
  readonly queue = new WaitQueue<Entry>();
  readonly key: string | null;

  constructor(key: string | null) {
    this.key = key;
  }
}

class Limiter implements ConcurrencyLimiter {
  active = 0;
  waiting = 0;
  private limits: ResolvedLimits;
  private readonly all = new Lane(null);
  /** Only those with requests. */
  private readonly lanes = new Map<string, Lane>();
  private readonly by: ((context: HttpContext) => string | null) | null;
  private readonly observer: ConcurrencyObserver;
  private readonly clock: Clock;
  /** One function for all requests, so that a request below the limit costs no closure. */
  private readonly leaveAll = (): void => this.leave(this.all);
  readonly middleware: Middleware<HttpContext>;

  constructor(limits: ResolvedLimits, { by, observer = nobody, clock = systemClock }: ConcurrencyLimitOptions) {
    this.limits = limits;
    this.by = by ?? null;
    this.observer = observer;
    this.clock = clock;
    this.middleware = (context, next) => {
      const lane = this.by === null ? this.all : this.laneOf(this.by(context));
      if (lane === null) return next(context);
      if (lane.active >= this.limits.max) return this.waitOrRefuse(lane, context, next);
      this.enter(lane);
      context.onSent(lane === this.all ? this.leaveAll : () => this.leave(lane));
      return next(context);
    };
    Object.defineProperty(this.middleware, 'name', { value: 'concurrencyLimit' });
  }

  configure(max: number, limits: ConcurrencyLimits = {}): void {
    this.limits = resolveLimits(max, limits);
    this.admit(this.all);
    for (const lane of this.lanes.values()) this.admit(lane);
  }

  private laneOf(key: string | null): Lane | null {
    if (key === null) return null;
    let lane = this.lanes.get(key);
    if (lane === undefined) {
      lane = new Lane(key);
      this.lanes.set(key, lane);
    }
    return lane;
  }

  private enter(lane: Lane): void {
    lane.active += 1;
    this.active += 1;
  }

  private leave(lane: Lane): void {
    lane.active -= 1;
    this.active -= 1;
    if (lane.queue.size > 0) this.admit(lane);
    if (lane.active === 0 && lane.key !== null) this.lanes.delete(lane.key);
  }

  private waitOrRefuse(lane: Lane, context: HttpContext, next: Handler<HttpContext>): void | Promise<void> {
    const { queue, order, dryRun } = this.limits;
    if (dryRun) {
      this.observer.refused('full');
      return next(context);
    }
    if (lane.queue.size >= queue) {
      const oldest = order === 'newest-first' ? lane.queue.oldest() : null;
      if (oldest === null) {
        this.refuse(context, 'full');
        return;
      }
      oldest.value.refuse(); // it has waited longest, so its client is most likely gone
    }
    return this.wait(lane, context).then((refused) => {
      if (refused !== null) {
        this.refuse(context, refused);
        return;
      }
      context.onSent(() => this.leave(lane)); // at once if the client has left meanwhile
      return next(context);
    });
  }

  /** Resolves with `null` when there is a place, otherwise with why there is none. Rejects if the exchange is aborted before. */
  private wait(lane: Lane, context: HttpContext): Promise<'full' | 'timeout' | null> {
    return new Promise((resolve, reject) => {
      let stopTimer = (): void => undefined;
      const giveUp = (settle: () => void): void => {
        if (!lane.queue.remove(waiter)) return; // it has a place already
        stopTimer();
        this.count(-1);
        settle();
      };
      const waiter = lane.queue.push({
        enter: () => {
          stopTimer();
          resolve(null);
        },
        refuse: () => giveUp(() => resolve('full')),
      });
      this.count(1);
      const { queueTimeoutMs } = this.limits;
      if (queueTimeoutMs !== null)
        stopTimer = this.clock.schedule(queueTimeoutMs, () => giveUp(() => resolve('timeout')));
      context.onAbort((reason) => giveUp(() => reject(reason)));
    });
  }

  /** Gives free places to those who wait, in the order that is asked for. */
  private admit(lane: Lane): void {
    const { queue } = lane;
    while (lane.active < this.limits.max) {
      const waiter = this.limits.order === 'newest-first' ? queue.newest() : queue.oldest();
      if (waiter === null) return;
      queue.remove(waiter);
      this.enter(lane);
      this.count(-1);
      waiter.value.enter();
    }
  }

  private count(change: 1 | -1): void {
    this.waiting += change;
    this.observer.waiting(this.waiting);
  }

  /** Not an error that a log should show one by one, so nothing is thrown; error pages give it a body. */
  private refuse(context: HttpContext, why: 'full' | 'timeout'): void {
    this.observer.refused(why);
    const { refuse, status, retryAfter } = this.limits;
    const { response } = context;
    if (refuse === 'drop') {
      response.drop();
      return;
    }
    response.status = status;
    if (status === 503 || status === 429) response.headers.set('Retry-After', retryAfter); // RFC 9110 §10.2.3
  }
}
