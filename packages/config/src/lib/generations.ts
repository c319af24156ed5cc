import type { Connection, Handler, HttpContext, Middleware } from '@windhover/core';
import { compose } from '@windhover/core';
import { Arrivals } from './arrivals.ts';
import type { Configuration } from './configuration.ts';
import { connectionLayers } from './connection-layers.ts';
import type { DistributionServices } from './distribution-services.ts';
import { type ListenAddress, listenerKey } from './listen-address.ts';
import type { Sections } from './sections.ts';
import { createSiteHandler } from './site-handler.ts';

/** Milliseconds that a replaced configuration waits for work that continues after its answers: a background refresh takes seconds. */
const workMs = 60_000;

/** Chooses the configuration for each request, and ends the replaced ones. */
export interface Generations<S extends Sections> {
  /** The configuration in use. */
  readonly current: Configuration<S>;
  /** The handler for a server. Each request uses the configuration that is current when the request begins, and keeps it. */
  readonly handler: Handler<HttpContext>;
  /** Does the same for the connections of one listener. */
  connectionsOf(address: ListenAddress): Middleware<Connection>;
  /**
   * Prepares the whole configuration and changes nothing yet, so that several processes can switch together. If preparation fails, the
   * error is thrown. A later `prepare` or `replace` waits until this one is committed or abandoned.
   */
  prepare(next: Configuration<S>): Promise<PreparedConfiguration>;
  /**
   * Prepares the whole configuration, then switches to it at once. If preparation fails, nothing changes and the error is thrown. The
   * previous configuration is disposed of when its last request has ended and its tracked work is done. Concurrent calls run one after the
   * other.
   */
  replace(next: Configuration<S>): Promise<void>;
  /** Disposes of all configurations, a prepared one too, after the server has stopped serving. Failures are thrown together at the end. */
  dispose(): Promise<void>;
}

/** A configuration that is ready to be used. One of the two calls decides; later ones do nothing. */
export interface PreparedConfiguration {
  /** Switches to it at once. If a feature's `commit` throws, nothing changes and the error is thrown. */
  commit(): void;
  /** Disposes of it without using it. */
  abandon(): Promise<void>;
}

/**
 * Prepares the first configuration and uses it. If preparation fails, disposes of everything and rejects.
 *
 * @param last handles requests that no origin of a route answers. Default: nothing, which is a 404
 */
export async function startGenerations<S extends Sections>(
  first: Configuration<S>,
  services: DistributionServices,
  last?: Handler<HttpContext>,
): Promise<Generations<S>> {
  const retired = new Set<Generation<S>>();
  const arrivals = new Arrivals();
  const open = async (config: Configuration<S>): Promise<Generation<S>> => {
    await config.prepare();
    return withDisposal(config, () => new Generation(config, arrivals, last));
  };
  let current = await open(first);
  await withDisposal(first, () => first.commit());
  let turn: Promise<unknown> = Promise.resolve();
  let undecided: PreparedConfiguration | null = null;

  const end = async (generation: Generation<S>): Promise<void> => {
    try {
      await generation.idle();
      const undone = await generation.config.work.settle(workMs, services.clock);
      if (undone.length > 0)
        services.log.warn('A replaced configuration is let go of before all is done', { for: undone.join(', ') });
      await generation.config.dispose();
    } catch (error) {
      services.log.error('A configuration that was replaced could not be disposed of', { error });
    } finally {
      retired.delete(generation);
    }
  };
  const use = (next: Generation<S>): void => {
    next.config.commit();
    retired.add(current);
    services.work.add(end(current), 'the end of requests of a configuration that was replaced');
    current = next;
  };

  /** Waits for the turn of `next`, and returns a function that ends it. */
  const takeTurn = async (): Promise<() => void> => {
    const before = turn;
    let release = (): void => undefined;
    turn = new Promise<void>((resolve) => {
      release = resolve;
    });
    await before;
    return release;
  };
  const prepare = async (next: Configuration<S>): Promise<PreparedConfiguration> => {
    const release = await takeTurn();
    if (next === current.config) {
      release();
      return { commit: () => undefined, abandon: async () => undefined };
    }
    try {
      const generation = await open(next);
      let isDecided = false;
      undecided = {
        commit() {
          if (isDecided) return;
          use(generation);
          isDecided = true;
          release();
        },
        async abandon() {
          if (isDecided) return;
          isDecided = true;
          release();
          await next.dispose();
        },
      };
      return undecided;
    } catch (error) {
      release();
      throw error;
    }
  };
  return {
    get current() {
      return current.config;
    },
    handler: (context) => current.handle(context),
    connectionsOf: (address) => {
      const key = listenerKey(address);
      return (connection, next) => current.connect(key, connection, next);
    },
    prepare,
    async replace(next) {
      const prepared = await prepare(next);
      try {
        prepared.commit();
      } catch (error) {
        await prepared.abandon().catch(() => undefined); // report the first error
        throw error;
      }
    },
    async dispose() {
      await undecided?.abandon();
      await turn; // a replacement that is under way is finished first
      const all = [...retired, current].map(({ config }) => config.dispose());
      const failures = (await Promise.allSettled(all)).filter(({ status }) => status === 'rejected');
      if (failures.length > 0)
        throw new AggregateError(
          failures.map((failure) => (failure as PromiseRejectedResult).reason),
          'Configurations could not be disposed of',
        );
    },
  };
}

/** Runs `act` on a prepared configuration, and disposes of that if it throws. */
async function withDisposal<T>(config: Pick<Configuration, 'dispose'>, act: () => T): Promise<T> {
  try {
    return act();
  } catch (error) {
    await config.dispose().catch(() => undefined); // report the first error
    throw error;
  }
}

/** A configuration and the number of its running handlers and answers. */
class Generation<S extends Sections> {
  readonly config: Configuration<S>;
  private readonly arrivals: Arrivals;
  private readonly layers: ReadonlyMap<string, readonly Middleware<Connection>[]>;
  /** The layers for a listener that the configuration does not name. */
  private readonly anywhere: readonly Middleware<Connection>[];
  private readonly handler: Handler<HttpContext>;
  private active = 0;
  private whenIdle: (() => void) | null = null;
  private readonly leave: () => void;

  constructor(config: Configuration<S>, arrivals: Arrivals, last: Handler<HttpContext> | undefined) {
    this.config = config;
    this.arrivals = arrivals;
    this.handler = createSiteHandler(config, last, arrivals.listenerOf);
    const { defaults, features: top } = config;
    this.anywhere = connectionLayers([defaults, top]);
    this.layers = new Map(
      config.listeners.map(({ address, features }) => [
        listenerKey(address),
        connectionLayers([defaults, top, features]),
      ]),
    );
    this.leave = () => {
      this.active -= 1;
      if (this.active === 0) this.whenIdle?.();
    };
  }

  handle(context: HttpContext): void | Promise<void> {
    this.active += 1;
    context.onSent(this.leave);
    const pending = this.handler(context);
    if (pending === undefined) return;
    this.active += 1; // an aborted answer may end before its handler does
    pending.then(this.leave, this.leave);
    return pending;
  }

  connect(listener: string, connection: Connection, next: Handler<Connection>): void | Promise<void> {
    if (!this.config.oneSite) this.arrivals.add(connection, listener);
    return compose(this.layers.get(listener) ?? this.anywhere, next)(connection);
  }

  /** Resolves when no request is running. Only for a generation that gets no new requests. */
  idle(): Promise<void> {
    if (this.active === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.whenIdle = resolve;
    });
  }
}
