import { accessLog, createConsoleLog } from '@windhover/console';
import { compose, type Logger } from '@windhover/core';
import {
  type Configuration,
  createLocalHost,
  createSiteHandler,
  type HostDefinition,
  loadConfig,
  type Problem,
  type Source,
} from '@windhover/host';
import { errorPages } from '@windhover/respond';
import { createServer, type Server } from '@windhover/server';
import { type Listener, systemClock } from '@windhover/transport';
import { distribution } from './distribution.ts';

/** What a client needs to send its next request, across the world and on a busy machine; short beside what a stop may take. */
const drainIdleMs = 1000;

/** A valid configuration of this server. */
export type FrontConfig = typeof distribution extends HostDefinition<infer S> ? Configuration<S> : never;

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
  const host = createLocalHost({ log, clock: systemClock });
  const loaded = await loadConfig(options.config, distribution, host);
  if (!loaded.ok) return loaded;
  const { config } = loaded;
  const { limits, listen, accessLog: accessLogMode } = config.sections;

  const layers = [errorPages()]; // what has a body, an upstream's own error page for instance, goes out as it is
  if (accessLogMode !== 'off') layers.unshift(accessLog(options.writeAccess));
  const handler = compose(layers, createSiteHandler(config));
  const server = createServer(handler, { limits, log });
  const stop = async (): Promise<void> => {
    await server.close({ drainIdleMs });
    await host.settled();
    await config.dispose();
    host.dispose();
  };
  await config.start();
  try {
    const listeners = await listenAll(server, listen);
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
  const log: Logger = createConsoleLog(() => undefined, systemClock);
  const loaded = await loadConfig(config, distribution, createLocalHost({ log, clock: systemClock }));
  if (!loaded.ok) return loaded.problems;
  await loaded.config.dispose();
  return [];
}

async function listenAll(server: Server, addresses: FrontConfig['sections']['listen']): Promise<Listener[]> {
  const listeners: Listener[] = [];
  for (const address of addresses) listeners.push(await server.listen(address));
  return listeners;
}
