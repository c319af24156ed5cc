import { createConsoleLog } from '@windhover/console';
import type { WorkerBus } from '@windhover/core/feature';
import {
  type Configuration,
  createHostServices,
  type HostDefinition,
  type HostServices,
  loadConfig,
  type Problem,
  type Source,
  startGenerations,
} from '@windhover/host';
import { createServer } from '@windhover/server';
import { type Listener, systemClock } from '@windhover/transport';
import { createListenerTls } from './create-listener-tls.ts';
import { createOperations } from './create-operations.ts';
import { distribution } from './distribution.ts';
import { measured } from './measured.ts';
import { OpenListeners, type SocketFor } from './open-listeners.ts';

/**
 * Milliseconds that a client needs to send its next request, even across the world and on a busy machine. Short compared to the time a stop
 * may take.
 */
const drainIdleMs = 1000;
/** How long a stop waits for work that continues after the answers, in milliseconds. */
const trackedWorkMs = 5000;

/** A valid configuration of this server. */
export type FrontConfig = ReturnType<typeof distribution> extends HostDefinition<infer S> ? Configuration<S> : never;

/** The options of a front server. */
export interface FrontServerOptions {
  /** A file name, or a text with the name to use in messages. */
  readonly config: string | Source;
  /** Takes the lines of the access log. */
  readonly writeAccess: (line: string) => void;
  /** Takes all other log lines. */
  readonly writeLog: (line: string) => void;
  /** Default: the address itself. A worker listens on the sockets of its supervisor. */
  readonly socketFor?: SocketFor;
  /** Default: there are no other workers. */
  readonly bus?: WorkerBus;
}

/** All problems of a configuration that cannot be used. */
export interface RefusedConfig {
  readonly ok: false;
  readonly problems: readonly Problem[];
}

/** A configuration that is ready to be used. One of the two calls decides; later ones do nothing. */
export interface PreparedFrontConfig {
  readonly ok: true;
  /** Switches to it at once. */
  commit(): void;
  /** Lets go of it without having used it. */
  abandon(): Promise<void>;
}

/** A running server. */
export interface FrontServer {
  readonly config: FrontConfig;
  readonly listeners: readonly Listener[];
  /** Serves metrics and health checks; `null` if the configuration does not ask for them. */
  readonly operationsListener: Listener | null;
  /** The number of open connections. */
  readonly connections: number;
  /** Sends clients of kept connections elsewhere, see `Server.shed`. */
  shed(count: number): void;
  /**
   * Loads a configuration and opens all it needs, without using it yet. Rejects if something cannot be opened: then, as with problems,
   * nothing changes.
   */
  prepare(config: string | Source): Promise<PreparedFrontConfig | RefusedConfig>;
  /** Prepares a configuration and switches to it at once. */
  reload(config: string | Source): Promise<{ readonly ok: true } | RefusedConfig>;
  /** Stops accepting connections, finishes running requests until the deadline, then disposes of everything. */
  stop(options?: { readonly timeoutMs?: number }): Promise<void>;
}

/** A server, or all problems of its configuration. */
export type StartedFrontServer = { readonly ok: true; readonly server: FrontServer } | RefusedConfig;

/** Loads the configuration, starts its features and listens. Rejects with a `TransportError` if it cannot listen. */
export async function startFrontServer(options: FrontServerOptions): Promise<StartedFrontServer> {
  const { writeAccess, writeLog, socketFor = (address) => address, bus } = options;
  const log = createConsoleLog(writeLog, systemClock);
  const services = createHostServices({ log, clock: systemClock, ...(bus === undefined ? {} : { bus }) });
  const definition = distribution(writeAccess);
  const loaded = await loadConfig(options.config, definition, services);
  if (!loaded.ok) return loaded;
  const generations = await startGenerations(loaded.config, services);
  const server = createServer(measured(generations, services.metrics), { limits: loaded.config.sections.limits, log });
  const operations = createOperations(server, services.metrics, log);
  const listeners = new OpenListeners({ server, generations, log, socketFor });
  const stop: FrontServer['stop'] = async (given = {}) => {
    await server.close({ drainIdleMs, ...given });
    await finishWork(services);
    await generations.dispose();
    await operations.close(); // last: a stopping server says that it is not ready
  };
  const prepare: FrontServer['prepare'] = async (source) => {
    const next = await loadConfig(source, definition, services);
    if (!next.ok) return next;
    const prepared = await generations.prepare(next.config);
    try {
      const opened = await listeners.prepare(next.config);
      return {
        ok: true,
        commit() {
          prepared.commit();
          opened.commit();
        },
        async abandon() {
          await opened.abandon();
          await prepared.abandon();
        },
      };
    } catch (error) {
      await prepared.abandon();
      throw error;
    }
  };
  let operationsListener: Listener | null = null;
  try {
    operationsListener = await operations.listen(loaded.config.sections.metrics);
    const opened = await listeners.prepare(loaded.config);
    opened.commit();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ok: true,
    server: {
      get config() {
        return generations.current;
      },
      get listeners() {
        return listeners.all;
      },
      operationsListener,
      get connections() {
        return server.connections;
      },
      shed: (count) => server.shed(count),
      prepare,
      async reload(source) {
        const prepared = await prepare(source);
        if (prepared.ok) prepared.commit();
        return prepared;
      },
      stop,
    },
  };
}

/** Checks a configuration without starting anything. Returns no problems if it is valid. Rejects with a `TransportError` about certificates. */
export async function checkConfig(config: string | Source): Promise<readonly Problem[]> {
  const log = createConsoleLog(() => undefined, systemClock);
  const definition = distribution(() => undefined);
  const loaded = await loadConfig(config, definition, createHostServices({ log, clock: systemClock }));
  if (!loaded.ok) return loaded.problems;
  try {
    for (const listener of loaded.config.listeners) await createListenerTls(listener, loaded.config, log);
  } finally {
    await loaded.config.dispose();
  }
  return [];
}

async function finishWork({ work, log }: HostServices): Promise<void> {
  const undone = await work.settle(trackedWorkMs, systemClock);
  if (undone.length > 0) log.warn('Stopped without waiting any longer', { for: undone.join(', ') });
}
