import { clientAddress } from '@windhover/client-address';
import { accessLog, formatAccessJson, formatAccessLine } from '@windhover/console';
import { compose, type HttpContext, type Logger, type Middleware } from '@windhover/core';
import { createServer } from '@windhover/server';
import { createTls, type ListenAddress, type Listener } from '@windhover/transport';
import { AppError } from './app-error.ts';
import type { App } from './read-export.ts';
import type { Settings } from './settings.ts';
import { showClient } from './show-client.ts';
import { toHandler } from './to-handler.ts';

/** What a client needs to send its next request, across the world and on a busy machine; short beside what a stop may take. */
const drainIdleMs = 1000;

/** Where an application runs. */
export interface AppHost {
  readonly address: ListenAddress;
  readonly log: Logger;
  /** Takes the lines of the access log. */
  readonly writeAccess: (line: string) => void;
}

/** An application that is served. */
export interface RunningApp {
  readonly listener: Listener;
  /** Connections that are open. */
  readonly connections: number;
  /** So many of the next answers close connections that would be kept. */
  shed(count: number): void;
  /** Reads certificate and key again; connections stay. Rejects, and keeps the old ones, if they will not do. */
  reloadCertificates(): Promise<void>;
  /** Stops accepting, finishes requests under way, lets the application go of what it holds. */
  stop(timeoutMs: number): Promise<void>;
}

/** Serves an application. Rejects with a `TransportError` where it cannot listen. */
export async function startApp(app: App, settings: Settings, host: AppHost): Promise<RunningApp> {
  const { log } = host;
  const handler = compose(middlewares(settings, host), await toHandler(app, log));
  const server = createServer(handler, { limits: settings.limits, log });
  const { tlsCert: certFile, tlsKey: keyFile } = settings;
  const tls =
    certFile === undefined || keyFile === undefined ? null : await createTls({ certificate: { certFile, keyFile } });
  const listener = await server.listen(host.address, tls === null ? {} : { tls });
  return {
    listener,
    get connections() {
      return server.connections;
    },
    shed: (count) => server.shed(count),
    reloadCertificates: async () => tls?.reload(),
    stop: async (timeoutMs) => {
      await server.close({ drainIdleMs, timeoutMs });
      await stopApp(app, timeoutMs, log);
    },
  };
}

/** An application that fails to stop, or never does, holds up nobody. */
async function stopApp(app: App, timeoutMs: number, log: Logger): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new AppError(`its stop took more than ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([app.stop(), late]);
  } catch (error) {
    log.error('The application failed to stop', { error });
  } finally {
    clearTimeout(timer);
  }
}

function middlewares(settings: Settings, { writeAccess }: AppHost): Middleware<HttpContext>[] {
  const { trustProxy = [], forwarded = 'x-forwarded', accessLog: isLogged = false, logFormat } = settings;
  const client = trustProxy.length === 0 ? [] : [clientAddress({ trust: trustProxy, headers: forwarded })];
  const format = logFormat === 'json' ? formatAccessJson : formatAccessLine;
  // The log stands first: it tells of those too whose client could not be known.
  return [...(isLogged ? [accessLog(writeAccess, format)] : []), ...client, showClient];
}
