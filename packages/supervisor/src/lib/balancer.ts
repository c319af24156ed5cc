import { surplusOf } from './surplus-of.ts';

/** A worker whose connections are weighed. */
export interface BalancedWorker {
  /** As it has told last; `null` if it tells none. */
  readonly connections: number | null;
  /** Tells it how many are too many. */
  shed(count: number): void;
}

/** Workers tell at the same moment, at every whole and half second; so late the last of them has been heard, unless it is busy. */
const gatherMs = 100;

/** So many times a worker is told, without effect, before it is left in peace: tunnels and long requests cannot go elsewhere. */
const patience = 8;

/** How long that is. What it was told is still good: clients that are idle now go when they ask again. */
const restMs = 60_000;

/** What a worker was told, and what came of it. */
interface Order {
  count: number;
  /** How many connections it had then. */
  at: number;
  /** Whether it has told how many it has since. */
  isReported: boolean;
  /** How often in a row nothing came of it. */
  failures: number;
  restsUntil: number;
}

/** Tells workers that hold more than their share how many connections are too many. */
export class Balancer {
  readonly #workers: () => readonly BalancedWorker[];
  readonly #orders = new WeakMap<BalancedWorker, Order>();
  #timer: NodeJS.Timeout | undefined;

  /** @param workers gives those that get new connections, and none that is about to go */
  constructor(workers: () => readonly BalancedWorker[]) {
    this.#workers = workers;
  }

  /** A worker has told how many connections it has. */
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
    // What has become of the last order is not known before the next report: until then it can be taken back, and not given again.
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

/** What came of an order. A quarter gone is a success: of those that are shed, some come back to where they were. */
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
