import { createLogSinks, type LogSinks } from '@windhover/access-log';
import { createConsoleLog } from '@windhover/console';
import type { WorkerBus } from '@windhover/core/feature';
import {
  type ConfigDisk,
  type Configuration,
  createHostServices,
  type HostDefinition,
  type HostServices,
  loadConfig,
  type Problem,
  type Source,
  startGenerations,
} from '@windhover/host';
import { createMetricsCollector, type MetricsSnapshot } from '@windhover/metrics';
import { createServer, type Server } from '@windhover/server';
import { type Listener, systemClock } from '@windhover/transport';
import { distribution } from './distribution.ts';
import { measured } from './measured.ts';
import { OpenListeners, type SocketsFor } from './open-listeners.ts';
import { OperationsServer } from './operations-server.ts';

/**
 * Milliseconds that a client needs to send its next request, even across the world and on a busy machine. Short compared to the time a stop
 * may take.
 */
const drainIdleMs = 1000;
/** How long a stop waits for work that continues after the answers, in milliseconds. */
const trackedWorkMs = 5000;

/** A valid configuration of this server. */
export type FrontConfig = ReturnType<typeof distribution> extends HostDefinition<infer S> ? Configuration<S> : never;

/** Where a configuration comes from. */
export interface ConfigOrigin {
  /** A file name, or a text with the name to use in messages. */
  readonly config: string | Source;
  /** Where its files are read from. Default: the disk. */
  readonly disk?: ConfigDisk;
}

/** The options of a front server. */
export interface FrontServerOptions extends ConfigOrigin {
  /** Takes the lines of the access log for the console. */
  readonly writeAccess: (line: string) => void;
  /** Takes all other log lines. */
  readonly writeLog: (line: string) => void;
  /** Take the lines of the access logs. Default: they are written by this process. */
  readonly sinks?: LogSinks;
  /** Where to listen for an address of the configuration. Default: there. A worker has the sockets of its supervisor. */
  readonly socketsFor?: SocketsFor;
  /** Whether this process serves metrics and health checks, if the configuration asks for them. Default: true. */
  readonly servesOperations?: boolean;
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
  /** Opens the files of the access logs again, after another program has renamed them. */
  reopenLogs(): void;
  /** The numbers of this process. */
  collect(): Promise<MetricsSnapshot>;
  /**
   * Loads a configuration and opens all it needs, without using it yet. Rejects if something cannot be opened: then, as with problems,
   * nothing changes.
   */
  prepare(origin: ConfigOrigin): Promise<PreparedFrontConfig | RefusedConfig>;
  /** Prepares a configuration and switches to it at once. */
  reload(origin: ConfigOrigin): Promise<{ readonly ok: true } | RefusedConfig>;
  /** Stops accepting connections, finishes running requests until the deadline, then disposes of everything. */
  stop(options?: { readonly timeoutMs?: number }): Promise<void>;
}

/** A server, or all problems of its configuration. */
export type StartedFrontServer = { readonly ok: true; readonly server: FrontServer } | RefusedConfig;

/** Loads the configuration, starts its features and listens. Rejects with a `TransportError` if it cannot listen. */
export async function startFrontServer(options: FrontServerOptions): Promise<StartedFrontServer> {
  const { writeAccess, writeLog, bus, servesOperations = true } = options;
  const log = createConsoleLog(writeLog, systemClock);
  const services = createHostServices({ log, clock: systemClock, ...(bus === undefined ? {} : { bus }) });
  const local = createLogSinks({ console: writeAccess, log, clock: systemClock });
  const definition = distribution(options.sinks ?? local);
  const load = ({ config, disk }: ConfigOrigin) =>
    loadConfig(config, definition, services, disk === undefined ? {} : { disk });
  const loaded = await load(options);
  if (!loaded.ok) return loaded;
  const generations = await startGenerations(loaded.config, services);
  const server = createServer(measured(generations, services.metrics), { limits: loaded.config.sections.limits, log });
  const listeners = new OpenListeners({
    server,
    generations,
    log,
    ...(options.socketsFor && { socketsFor: options.socketsFor }),
  });
  const collect = collector(services, () => server.connections);
  const operations = new OperationsServer({ collect: async () => [await collect()], ready: () => server.isReady }, log);
  const stop: FrontServer['stop'] = async (given = {}) => {
    await server.close({ drainIdleMs, ...given });
    await finishWork(services);
    await generations.dispose();
    await local.close();
    await operations.close(); // last: a stopping server says that it is not ready
  };
  const prepare: FrontServer['prepare'] = async (origin) => {
    const next = await load(origin);
    if (!next.ok) return next;
    const prepared = await generations.prepare(next.config);
    try {
      const opened = await listeners.prepare(next.config);
      return {
        ok: true,
        commit() {
          prepared.commit();
          opened.commit();
          cutLater(server, next.config.sections.oldStreams);
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
  try {
    if (servesOperations) await operations.listen(loaded.config.sections.metrics);
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
      get operationsListener() {
        return operations.listener;
      },
      get connections() {
        return server.connections;
      },
      shed: (count) => server.shed(count),
      reopenLogs: () => local.reopen(),
      collect,
      prepare,
      async reload(origin) {
        const prepared = await prepare(origin);
        if (!prepared.ok) return prepared;
        if (servesOperations) await operations.listen(generations.current.sections.metrics);
        prepared.commit();
        return prepared;
      },
      stop,
    },
  };
}

/** Cuts what began before now and still goes on after that time. */
function cutLater(server: Server, afterMs: number | null): void {
  const now = systemClock.now();
  if (afterMs !== null) systemClock.schedule(afterMs, () => server.cutOlder(now));
}

/** Measuring the event loop begins with the first call: a server without metrics need not. */
function collector({ metrics }: HostServices, connections: () => number): () => Promise<MetricsSnapshot> {
  const gauges = [{ name: 'windhover_connections_open', help: 'Open connections of clients.', read: connections }];
  let collect: (() => Promise<MetricsSnapshot>) | null = null;
  return () => {
    collect ??= createMetricsCollector({ metrics, gauges });
    return collect();
  };
}

async function finishWork({ work, log }: HostServices): Promise<void> {
  const undone = await work.settle(trackedWorkMs, systemClock);
  if (undone.length > 0) log.warn('Stopped without waiting any longer', { for: undone.join(', ') });
}
