import { createLogSinks, type LogSinks } from '@windhover/access-log';
import { createStapler } from '@windhover/certificates';
import { createDistributionServices, loadConfig, type MetricsRegistry, startGenerations } from '@windhover/config';
import { createConsoleLog } from '@windhover/console';
import { systemClock } from '@windhover/core';
import type { WorkerBus } from '@windhover/core/feature';
import { hasAdmin } from '@windhover/features';
import { createMetricsCollector, DurationHistogram, type MetricsSnapshot } from '@windhover/metrics';
import { createServer } from '@windhover/server';
import type { TicketKeys } from '@windhover/transport';
import { createCounter } from './admin/count-process.ts';
import { LazyAdmin } from './admin/lazy-admin.ts';
import { localAdminHost } from './admin/local-admin-host.ts';
import { localSection } from './admin/local-section.ts';
import { LogTee, type SaidLine } from './admin/log-tee.ts';
import { withCertificates } from './certificate-metrics.ts';
import { distribution } from './distribution.ts';
import { type ConfigOrigin, FrontServer, type ReadFrom, type RefusedConfig } from './front-server.ts';
import { FtpServers } from './ftp-servers.ts';
import { LocalApps } from './local-apps.ts';
import { restoreThings, type SavedChanges } from './managed-things.ts';
import { measured } from './measured.ts';
import { OpenListeners, type SocketsFor } from './open-listeners.ts';
import { OperationsServer } from './operations-server.ts';
import { sharedFtpCounts } from './shared-ftp-counts.ts';

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
  /** Reaches the other workers. Default: there are none. */
  readonly bus?: WorkerBus;
  /** The keys of session tickets that all workers have. Default: those of this process. */
  readonly ticketKeys?: TicketKeys;
  /** What administrators had changed before, for a worker that replaces another one. Default: nothing. */
  readonly changes?: SavedChanges;
  /** Whether this process serves metrics and health checks, if the configuration asks for them. Default: true. */
  readonly servesOperations?: boolean;
  /** Hears the lines of the log while the configuration has the management API. Default: this process serves it, and hears them itself. */
  readonly onSaid?: (line: SaidLine) => void;
  /** The version of the program. Default: `0.0.0`. */
  readonly version?: string;
}

/** A server, or all problems of its configuration. */
export type StartedFrontServer = { readonly ok: true; readonly server: FrontServer } | RefusedConfig;

/** Loads the configuration, starts its features and listens. Rejects with a `TransportError` if it cannot listen. */
export async function startFrontServer(options: FrontServerOptions): Promise<StartedFrontServer> {
  const { writeAccess, writeLog, socketsFor, bus, servesOperations = true, onSaid, version = '0.0.0' } = options;
  const { changes = {}, ticketKeys } = options;
  const tee = new LogTee(createConsoleLog(writeLog, systemClock), () => systemClock.now());
  const { log } = tee;
  const stopping = new AbortController();
  const apps = bus === undefined ? new LocalApps({ log, clock: systemClock }) : null;
  const services = createDistributionServices({
    ...{ log, clock: systemClock, stopping: stopping.signal },
    bus: bus ?? apps!,
  });
  const sinks = createLogSinks({ console: writeAccess, log, clock: systemClock });
  const definition = distribution(options.sinks ?? sinks);
  let read: ReadFrom = { files: [], isCode: false };
  const load = async ({ config, disk }: ConfigOrigin) => {
    const loaded = await loadConfig(config, definition, services, disk === undefined ? {} : { disk });
    read = { files: [...loaded.files, ...loaded.folders], isCode: loaded.isCode };
    return loaded;
  };
  const loaded = await load(options);
  if (!loaded.ok) return loaded;
  const { sections } = loaded.config;
  const generations = await startGenerations(loaded.config, services).catch(async (error: unknown) => {
    await sinks.close(); // an open log would keep the process alive
    await apps?.close();
    throw error;
  });
  const durations = new DurationHistogram();
  const server = createServer(measured(generations, services.metrics, durations), { limits: sections.limits, log });
  const opening = socketsFor === undefined ? {} : { socketsFor };
  const stapler = createStapler({ log, clock: systemClock });
  const listeners = new OpenListeners({
    server,
    generations,
    log,
    ...opening,
    shared: { stapler, ...(ticketKeys === undefined ? {} : { ticketKeys }) },
  });
  const ftp = new FtpServers(log, {
    stapler,
    sharing: bus === undefined ? undefined : sharedFtpCounts(bus, log),
    ...(socketsFor === undefined ? {} : { socketsFor }),
  });
  const families = { collect: () => withCertificates(services.metrics.collect(), generations.current, stapler) };
  const collect = collector(families, () => server.connections);
  // A server of FTP without sites has no other listener.
  const isReady = (): boolean => server.isReady || (ftp.listeners.length > 0 && !stopping.signal.aborted);
  const watched = { collect: async () => [await collect()], ready: isReady };
  const operations = servesOperations ? new OperationsServer(watched, log) : null;
  if (onSaid !== undefined) tee.listen((line) => hasAdmin(generations.current.features) && onSaid(line));
  const host = (): FrontServer => front;
  const admin = servesOperations
    ? new LazyAdmin(localAdminHost({ front: host, config: options.config, version, tee, sinks, apps }))
    : null;
  const count = createCounter(services.metrics, durations, () => server.connections);
  const front: FrontServer = new FrontServer({
    ...{ services, generations, server, listeners, ftp, operations, admin, sinks, load, collect, count, apps, stapler },
    lastRead: () => read,
    stopping,
    changes,
  });
  restoreThings(loaded.config.managed, changes);
  try {
    await operations?.listen(sections.metrics);
    await admin?.listen(localSection(loaded.config));
    const opened = await listeners.prepare(loaded.config);
    opened.commit();
    (await ftp.prepare(loaded.config)).commit();
    admin?.used();
  } catch (error) {
    await front.stop();
    throw error;
  }
  return { ok: true, server: front };
}

/** Measuring the event loop begins with the first call: a server without metrics need not. */
function collector(
  metrics: Pick<MetricsRegistry, 'collect'>,
  connections: () => number,
): () => Promise<MetricsSnapshot> {
  const gauges = [{ name: 'windhover_connections_open', help: 'Open connections of clients.', read: connections }];
  let collect: (() => Promise<MetricsSnapshot>) | null = null;
  return () => {
    collect ??= createMetricsCollector({ metrics, gauges });
    return collect();
  };
}
