import { clientAddress } from '@windhover/client-address';
import { accessLog, formatAccessJson, formatAccessLine } from '@windhover/console';
import { compose, type HttpContext, type Logger, type Middleware } from '@windhover/core';
import { createServer, type ProtocolError } from '@windhover/server';
import { createTls, type ListenAddress, type Listener } from '@windhover/transport';
import type { App } from './read-export.ts';
import type { Settings } from './settings.ts';
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
  /** Reads certificate and key again; connections stay. Rejects, and keeps the old ones, if they will not do. */
  reloadCertificates(): Promise<void>;
  /** Stops accepting, finishes requests under way, lets the application go of what it holds. */
  stop(timeoutMs: number): Promise<void>;
}

/** Serves an application. Rejects with a `TransportError` where it cannot listen. */
export async function startApp(app: App, settings: Settings, host: AppHost): Promise<RunningApp> {
  const { log } = host;
  const handler = compose(middlewares(settings, host), await toHandler(app, log));
  const server = createServer(handler, {
    limits: settings.limits,
    log,
    onProtocolError: (error) => report(log, error),
  });
  const { tlsCert: certFile, tlsKey: keyFile } = settings;
  const tls =
    certFile === undefined || keyFile === undefined ? null : await createTls({ certificate: { certFile, keyFile } });
  const listener = await server.listen(host.address, tls === null ? {} : { tls });
  return {
    listener,
    get connections() {
      return server.connections;
    },
    reloadCertificates: async () => tls?.reload(),
    stop: async (timeoutMs) => {
      await server.close({ drainIdleMs, timeoutMs });
      await app.stop();
    },
  };
}

function middlewares(settings: Settings, { writeAccess }: AppHost): Middleware<HttpContext>[] {
  const { trustProxy = [], forwarded = 'x-forwarded', accessLog: isLogged = false, logFormat } = settings;
  const client = trustProxy.length === 0 ? [] : [clientAddress({ trust: trustProxy, headers: forwarded })];
  const format = logFormat === 'json' ? formatAccessJson : formatAccessLine;
  return isLogged ? [...client, accessLog(writeAccess, format)] : client;
}

function report(log: Logger, { message, code, status, connection }: ProtocolError): void {
  log.warn(message, { client: connection.remoteAddress || '-', code, answered: status === 0 ? 'nothing' : status });
}
