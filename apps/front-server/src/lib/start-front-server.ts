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

/** What a client needs to send its next request, across the world and on a busy machine; short beside what a stop may take. */
const drainIdleMs = 1000;
/** How long a stop waits for work that goes on after the answers. */
const trackedWorkMs = 5000;

/** A valid configuration of this server. */
export type FrontConfig = ReturnType<typeof distribution> extends HostDefinition<infer S> ? Configuration<S> : never;

type AnyGenerations = Pick<Generations<Record<never, never>>, 'current' | 'connectionsOf'>;

/** What a front server needs. */
export interface FrontServerOptions {
  /** A file, or its text with the name it should have in messages. */
  readonly config: string | Source;
  /** Takes the lines of the access log. */
  readonly writeAccess: (line: string) => void;
  /** Takes the lines of everything else that is worth a line. */
  readonly writeLog: (line: string) => void;
}

/** A server that runs. */
export interface FrontServer {
  readonly config: FrontConfig;
  readonly listeners: readonly Listener[];
  /** Connections that are open. */
  readonly connections: number;
  /** Stops accepting, lets requests under way finish, lets go of everything. */
  stop(): Promise<void>;
}

/** A server, or everything that is wrong with its configuration. */
export type StartedFrontServer =
  | { readonly ok: true; readonly server: FrontServer }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Loads the configuration, starts its features and listens. Rejects with a `TransportError` where it cannot listen. */
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

/** Checks a configuration without starting anything. No problems: it is valid. */
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
