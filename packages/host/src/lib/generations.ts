import type { Connection, Handler, HttpContext, Middleware } from '@windhover/core';
import { compose } from '@windhover/core';
import type { Configuration } from './configuration.ts';
import { connectionLayers } from './connection-layers.ts';
import type { Sections } from './define-host.ts';
import type { HostServices } from './host-services.ts';
import type { ListenAddress } from './listen-address.ts';
import { createSiteHandler } from './site-handler.ts';

/** How long a replaced configuration waits for its work that goes on after the answers: a refresh in the background takes seconds. */
const workMs = 60_000;

/** Which configuration requests get, and the end of those that were replaced. */
export interface Generations<S extends Sections> {
  /** The configuration in use. */
  readonly current: Configuration<S>;
  /** What a server runs: each request gets the configuration that is in use when it begins, and keeps it. */
  readonly handler: Handler<HttpContext>;
  /** The same for the connections of one listener. */
  connectionsOf(address: ListenAddress): Middleware<Connection>;
  /**
   * Prepares a configuration whole and then uses it at once. When something of it cannot be prepared nothing changes, and the failure is thrown.
   * The one before is disposed of when its last request has ended and the work that it tracks is done. Calls wait for each other.
   */
  replace(next: Configuration<S>): Promise<void>;
  /** Disposes of all configurations, when nobody is served any more. Failures are thrown together at the end. */
  dispose(): Promise<void>;
}

/**
 * Prepares the first configuration and uses it. Rejects, with everything disposed of, when something of it cannot be prepared.
 *
 * @param last what stands behind the last origin of each route. Default: nothing, which is a 404
 */
export async function startGenerations<S extends Sections>(
  first: Configuration<S>,
  services: HostServices,
  last?: Handler<HttpContext>,
): Promise<Generations<S>> {
  const retired = new Set<Generation<S>>();
  const open = async (config: Configuration<S>): Promise<Generation<S>> => {
    await config.prepare();
    try {
      const generation = new Generation(config, last);
      config.commit();
      return generation;
    } catch (error) {
      await config.dispose().catch(() => undefined); // what failed first is what is told
      throw error;
    }
  };
  let current = await open(first);
  let turn: Promise<unknown> = Promise.resolve();

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
  return {
    get current() {
      return current.config;
    },
    handler: (context) => current.handle(context),
    connectionsOf: (address) => {
      const key = JSON.stringify(address);
      return (connection, next) => current.connect(key, connection, next);
    },
    replace(next) {
      const replaced = turn.then(async () => {
        if (next === current.config) return;
        const opened = await open(next);
        retired.add(current);
        services.work.add(end(current), 'the end of requests of a configuration that was replaced');
        current = opened;
      });
      turn = replaced.catch(() => undefined); // one after the other: the next has nothing to do with a failure
      return replaced;
    },
    async dispose() {
      await turn; // what is being prepared is disposed of too
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

/** A configuration in use, and how many of its handlers and answers are under way. */
class Generation<S extends Sections> {
  readonly config: Configuration<S>;
  private readonly layers: ReadonlyMap<string, readonly Middleware<Connection>[]>;
  /** Those of a listener that the configuration does not name. */
  private readonly anywhere: readonly Middleware<Connection>[];
  private readonly handler: Handler<HttpContext>;
  private active = 0;
  private whenIdle: (() => void) | null = null;
  private readonly leave: () => void;

  constructor(config: Configuration<S>, last: Handler<HttpContext> | undefined) {
    this.config = config;
    this.handler = createSiteHandler(config, last);
    const { defaults, features: top } = config;
    this.anywhere = connectionLayers([defaults, top]);
    this.layers = new Map(
      config.listeners.map(({ address, features }) => [
        JSON.stringify(address),
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
    this.active += 1; // an answer may end before its handler does: one that was aborted
    pending.then(this.leave, this.leave);
    return pending;
  }

  connect(listener: string, connection: Connection, next: Handler<Connection>): void | Promise<void> {
    return compose(this.layers.get(listener) ?? this.anywhere, next)(connection);
  }

  /** Resolves when no request is under way. For a generation that gets no new ones. */
  idle(): Promise<void> {
    if (this.active === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.whenIdle = resolve;
    });
  }
}
