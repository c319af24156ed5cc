import { createConsoleLog } from '@windhover/console';
import {
  type Configuration,
  createHostServices,
  type Generations,
  type HostDefinition,
  loadConfig,
  type Problem,
  type Source,
  startGenerations,
} from '@windhover/host';
import { createServer, type Server } from '@windhover/server';
import { type Listener, systemClock } from '@windhover/transport';
import { distribution } from './distribution.ts';

/**
 * Milliseconds that a client needs to send its next request, even across the world and on a busy machine. Short compared to the time a stop
 * may take.
 */
const drainIdleMs = 1000;
/** How long a stop waits for work that continues after the answers, in milliseconds. */
const trackedWorkMs = 5000;

/** A valid configuration of this server. */
export type FrontConfig = ReturnType<typeof distribution> extends HostDefinition<infer S> ? Configuration<S> : never;

type AnyGenerations = Pick<Generations<Record<never, never>>, 'current' | 'connectionsOf'>;

/** The options of a front server. */
export interface FrontServerOptions {
  /** A file name, or a text with the name to use in messages. */
  readonly config: string | Source;
  /** Takes the lines of the access log. */
  readonly writeAccess: (line: string) => void;
  /** Takes all other log lines. */
  readonly writeLog: (line: string) => void;
}

/** A running server. */
export interface FrontServer {
  readonly config: FrontConfig;
  readonly listeners: readonly Listener[];
  /** The number of open connections. */
  readonly connections: number;
  /** Stops accepting connections, finishes running requests, then disposes of everything. */
  stop(): Promise<void>;
}

/** A server, or all problems of its configuration. */
export type StartedFrontServer =
  | { readonly ok: true; readonly server: FrontServer }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Loads the configuration, starts its features and listens. Rejects with a `TransportError` if it cannot listen. */
export async function startFrontServer(options: FrontServerOptions): Promise<StartedFrontServer> {
  const log = createConsoleLog(options.writeLog, systemClock);
  const services = createHostServices({ log, clock: systemClock });
  const loaded = await loadConfig(options.config, distribution(options.writeAccess), services);
  if (!loaded.ok) return loaded;
  const { config } = loaded;
  const generations = await startGenerations(config, services);
  const server = createServer(generations.handler, { limits: config.sections.limits, log });
  const stop = async (): Promise<void> => {
    await server.close({ drainIdleMs });
    const undone = await services.work.settle(trackedWorkMs, systemClock);
    if (undone.length > 0) log.warn('Stopped without waiting any longer', { for: undone.join(', ') });
    await generations.dispose();
  };
  try {
    const listeners = await listenAll(server, generations);
    return {
      ok: true,
      server: {
        config,
        listeners,
        get connections() {
          return server.connections;
        },
        stop,
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Checks a configuration without starting anything. Returns no problems if it is valid. */
export async function checkConfig(config: string | Source): Promise<readonly Problem[]> {
  const log = createConsoleLog(() => undefined, systemClock);
  const definition = distribution(() => undefined);
  const loaded = await loadConfig(config, definition, createHostServices({ log, clock: systemClock }));
  if (!loaded.ok) return loaded.problems;
  await loaded.config.dispose();
  return [];
}

async function listenAll(server: Server, generations: AnyGenerations): Promise<Listener[]> {
  const opened: Listener[] = [];
  for (const { address } of generations.current.listeners) {
    opened.push(await server.listen(address, { middleware: [generations.connectionsOf(address)] }));
  }
  return opened;
}
