import { surplusOf } from './surplus-of.ts';

/** A worker whose connections are balanced. */
export interface BalancedWorker {
  /** The count it last reported; `null` if it reports none. */
  readonly connections: number | null;
  /** Tells it how many of its connections are too many. */
  shed(count: number): void;
}

/**
 * All workers report at the same moment, every whole and half second. After this wait the last report has arrived,
 * unless its worker is busy.
 */
const gatherMs = 100;

/** After this many orders without effect a worker rests: its tunnels and long requests cannot move elsewhere. */
const patience = 8;

/** The length of that rest. The last order stays valid: clients that are idle now leave after their next request. */
const restMs = 60_000;

/** The last order to a worker, and its effect. */
interface Order {
  count: number;
  /** The number of connections when the order was given. */
  at: number;
  /** Whether the worker has reported its connections since. */
  isReported: boolean;
  /** How many orders in a row had no effect. */
  failures: number;
  restsUntil: number;
}

/** Tells workers with more than their share how many connections are too many. */
export class Balancer {
  readonly #workers: () => readonly BalancedWorker[];
  readonly #orders = new WeakMap<BalancedWorker, Order>();
  #timer: NodeJS.Timeout | undefined;

  /** @param workers returns the workers that get new connections, without those about to stop */
  constructor(workers: () => readonly BalancedWorker[]) {
    this.#workers = workers;
  }

  /** Call when a worker has reported its connections. */
  heard(worker: BalancedWorker): void {
    judge(this.#orderFor(worker), worker.connections ?? 0);
    this.#timer ??= setTimeout(() => this.#weigh(), gatherMs).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #weigh(): void {
    this.#timer = undefined;
    const workers = this.#workers();
    const surplus = surplusOf(workers.map(({ connections }) => connections));
    for (const [index, worker] of workers.entries()) this.#tell(worker, surplus[index]!);
  }

  #tell(worker: BalancedWorker, surplus: number): void {
    const order = this.#orderFor(worker);
    // The effect of the last order is unknown until the next report. Until then it can be reduced, but not repeated.
    const mayRepeat = order.isReported && performance.now() >= order.restsUntil;
    const count = mayRepeat ? surplus : Math.min(surplus, order.count);
    if (count === order.count && (count === 0 || !mayRepeat)) return;
    worker.shed(count);
    Object.assign(order, { count, at: worker.connections ?? 0, isReported: false });
  }

  #orderFor(worker: BalancedWorker): Order {
    let order = this.#orders.get(worker);
    if (order === undefined) {
      order = { count: 0, at: 0, isReported: true, failures: 0, restsUntil: 0 };
      this.#orders.set(worker, order);
    }
    return order;
  }
}

/**
 * Judges the effect of an order. A quarter gone counts as success, because some of the shed clients come back to the
 * same worker.
 */
function judge(order: Order, connections: number): void {
  const isDone = order.count === 0 || order.at - connections >= order.count / 4;
  if (isDone) {
    order.failures = 0;
    order.restsUntil = 0;
  } else if (!order.isReported) {
    order.failures += 1;
    if (order.failures >= patience) order.restsUntil = performance.now() + restMs;
  }
  order.isReported = true;
}
