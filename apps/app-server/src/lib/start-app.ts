import type { LocalhostCertificate } from '@windhover/certificates';
import { compose, type Logger, systemClock } from '@windhover/core';
import { createServer } from '@windhover/server';
import {
  type CertificateFiles,
  createTls,
  type ListenAddress,
  type Listener,
  logRefusedCertificates,
  type TicketKeys,
} from '@windhover/transport';
import { AppError } from './app-error.ts';
import type { AppFeatures } from './app-features.ts';
import { lazyStapler } from './lazy-stapler.ts';
import type { Logs } from './open-logs.ts';
import type { App } from './read-export.ts';
import type { Settings } from './settings.ts';
import { showClient } from './show-client.ts';
import { toHandler } from './to-handler.ts';

/**
 * Milliseconds that a client needs to send its next request, even across the world and on a busy machine. Short compared to the time a stop
 * may take.
 */
const drainIdleMs = 1000;

/** The environment of an application. */
export interface AppHost {
  readonly address: ListenAddress;
  readonly logs: Pick<Logs, 'log' | 'writeAccess' | 'accessFormat'>;
  /** The features around the application; `null` for none. */
  readonly features: AppFeatures | null;
  /** The keys of session tickets that all workers have. Default: those of this process. */
  readonly ticketKeys?: TicketKeys;
}

/** An application that is being served. */
export interface RunningApp {
  readonly listener: Listener;
  /** The number of open connections. */
  readonly connections: number;
  /** Makes the next `count` answers close connections that would otherwise be kept. */
  shed(count: number): void;
  /** Reads certificate and key again; connections stay open. If they are invalid, rejects and keeps the old ones. */
  reloadCertificates(): Promise<void>;
  /** Stops accepting connections, finishes running requests, then lets the application release its resources. */
  stop(timeoutMs: number): Promise<void>;
}

/** Serves an application. Rejects with a `TransportError` if it cannot listen. */
export async function startApp(app: App, settings: Settings, host: AppHost): Promise<RunningApp> {
  const { address, features, logs, ticketKeys } = host;
  const { log } = logs;
  const application = compose([showClient], await toHandler(app, log));
  const started = (await features?.start(application, logs)) ?? { handler: application, connections: [] };
  const server = createServer(started.handler, { limits: settings.limits, log });
  const local = settings.https === true ? await openLocal(log) : null;
  const certificate = local ?? certificateOf(settings);
  const { http2 = 'alpn' } = settings;
  const alpnProtocols = http2 === 'never' ? ['http/1.1'] : ['h2', 'http/1.1'];
  const tls =
    certificate === null
      ? null
      : await createTls({
          certificate,
          alpnProtocols,
          onHandshakeError: logRefusedCertificates(log),
          ...(ticketKeys === undefined ? {} : { ticketKeys }),
          ...(settings.tlsStapling === false ? {} : { stapler: lazyStapler(log) }),
        });
  const options = {
    middleware: started.connections,
    http2: http2 === 'prior-knowledge' ? http2 : ('alpn' as const),
    ...(tls === null ? {} : { tls }),
  };
  const listener = await server.listen(address, options).catch(async (error: unknown) => {
    await features?.dispose();
    await local?.close();
    throw error;
  });
  return {
    listener,
    get connections() {
      return server.connections;
    },
    shed: (count) => server.shed(count),
    reloadCertificates: async () => tls?.reload(),
    stop: async (timeoutMs) => {
      features?.stopping();
      const goodbye = finish(() => app.stopping(), 'stopping', timeoutMs, log);
      await server.close({ drainIdleMs, timeoutMs });
      await goodbye;
      await finish(() => app.stop(), 'stop', timeoutMs, log);
      await local?.close();
      await features?.dispose().catch((error: unknown) => log.error('A feature failed to stop', { error }));
    },
  };
}

/** The certificate of this machine. Its code is loaded for nobody else. */
async function openLocal(log: Logger): Promise<LocalhostCertificate> {
  const [{ openLocalhostCertificate }, { defaultCertificateFolder }] = await Promise.all([
    import('@windhover/certificates'),
    import('@windhover/features/certificate-folder'),
  ]);
  return openLocalhostCertificate(defaultCertificateFolder(), { log, clock: systemClock });
}

function certificateOf(settings: Settings): CertificateFiles | null {
  const { tlsCert: certFile, tlsKey: keyFile, tlsClientCa: caFile, tlsClientCrl: crlFile, tlsClientMode } = settings;
  if (certFile === undefined || keyFile === undefined) return null;
  if (caFile === undefined) return { certFile, keyFile };
  const asked = { caFile, mode: tlsClientMode ?? 'require', ...(crlFile === undefined ? {} : { crlFile }) };
  return { certFile, keyFile, clientCertificates: asked };
}

/** Runs a function of the application's end. If it fails or takes too long, that is logged and the stop goes on. */
async function finish(run: () => unknown, name: string, timeoutMs: number, log: Logger): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new AppError(`its ${name} took more than ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([run(), late]);
  } catch (error) {
    log.error('The application failed to stop', { error });
  } finally {
    clearTimeout(timer);
  }
}
