import type { LocalLogSinks } from '@windhover/access-log';
import type { Stapler } from '@windhover/certificates';
import type {
  ConfigDisk,
  Configuration,
  Distribution,
  DistributionServices,
  Generations,
  LoadedConfig,
  Problem,
  Source,
} from '@windhover/config';
import { formatProblems } from '@windhover/config';
import { systemClock } from '@windhover/core';
import { type AdminAccounts, adminAccountsOf } from '@windhover/features';
import type { AdminSection } from '@windhover/features/admin';
import type { MetricsSnapshot } from '@windhover/metrics';
import type { OpenConnection, RequestUnderWay, Server } from '@windhover/server';
import type { Listener } from '@windhover/transport';
import type { CountsAnswer } from './admin/answer-administrator.ts';
import type { LazyAdmin } from './admin/lazy-admin.ts';
import { localSection } from './admin/local-section.ts';
import type { distribution } from './distribution.ts';
import type { FtpServers } from './ftp-servers.ts';
import type { LocalApps } from './local-apps.ts';
import {
  type ActionResult,
  actOnThing,
  restoreThings,
  type SavedChanges,
  savedKey,
  type ThingAction,
} from './managed-things.ts';
import type { OpenListeners } from './open-listeners.ts';
import type { OperationsServer } from './operations-server.ts';

/**
 * Milliseconds that a client needs to send its next request, even across the world and on a busy machine. Short compared to the time a stop
 * may take.
 */
const drainIdleMs = 1000;
/** How long a stop waits for work that continues after the answers, in milliseconds. */
const trackedWorkMs = 5000;

/** How long what is left of a stop that lingered may take when it has to end: it began before the last reload, in milliseconds. */
const lastStreamsMs = 5000;

/** How long transfers of FTP may go on when the server stops, in milliseconds. */
const ftpStopMs = 10_000;

/** How a server stops, in milliseconds. */
export interface StopOptions {
  readonly timeoutMs?: number;
  /** How long streams and tunnels may go on. Default: 0, they end like those of any server that stops. */
  readonly lingerMs?: number;
}

/** The top-level keys of this server that belong to no feature. */
export type FrontSections = ReturnType<typeof distribution> extends Distribution<infer S> ? S : never;

/** A valid configuration of this server. */
export type FrontConfig = Configuration<FrontSections>;

/** Where a configuration comes from. */
export interface ConfigOrigin {
  /** A file name, or a text with the name to use in messages. */
  readonly config: string | Source;
  /** Where its files are read from. Default: the disk. */
  readonly disk?: ConfigDisk;
}

/** What a configuration was read from. */
export interface ReadFrom {
  /** Its files, and the folders in which a new one may fit a pattern under `include`. */
  readonly files: readonly string[];
  /** Whether it is a module, which Node keeps once it is loaded. */
  readonly isCode: boolean;
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

/** The parts of a running server. */
export interface FrontServerParts {
  readonly services: DistributionServices;
  readonly generations: Generations<FrontSections>;
  readonly server: Server;
  readonly listeners: OpenListeners;
  readonly ftp: FtpServers;
  /** `null`: another process serves metrics and health checks. */
  readonly operations: OperationsServer | null;
  /** `null`: another process serves the management API. */
  readonly admin: LazyAdmin | null;
  /** The applications that this process owns; `null`: another process does. */
  readonly apps: LocalApps | null;
  /** Keeps the answers of OCSP responders. */
  readonly stapler: Stapler;
  /** The logs that this process writes. */
  readonly sinks: LocalLogSinks;
  readonly load: (origin: ConfigOrigin) => Promise<LoadedConfig<FrontSections>>;
  /** What the last configuration that was loaded was read from, taken or refused. */
  readonly lastRead: () => ReadFrom;
  readonly collect: () => Promise<MetricsSnapshot>;
  readonly count: () => CountsAnswer;
  /** Tells features that the server begins to stop. */
  readonly stopping: AbortController;
  /** What administrators had changed before it started. */
  readonly changes: SavedChanges;
}

/** A running server. */
export class FrontServer {
  private readonly parts: FrontServerParts;
  /** What administrators have changed. */
  private changes: SavedChanges;
  private turn: Promise<unknown> = Promise.resolve();
  private reloaded: FrontServer['reloads'] = { edition: 1, reloadedAt: null, error: null };

  constructor(parts: FrontServerParts) {
    this.parts = parts;
    this.changes = parts.changes;
  }

  get config(): FrontConfig {
    return this.parts.generations.current;
  }

  /** Knows the answers of OCSP responders. */
  get stapler(): Pick<Stapler, 'status'> {
    return this.parts.stapler;
  }

  /** What the last configuration that was tried was read from: somebody may be mending one that was refused. */
  get readFrom(): ReadFrom {
    return this.parts.lastRead();
  }

  get listeners(): readonly Listener[] {
    return this.parts.listeners.all;
  }

  /** Those of the servers of FTP. */
  get ftpListeners(): readonly Listener[] {
    return this.parts.ftp.listeners;
  }

  /** Those of the listeners that speak TLS. */
  get secureListeners(): readonly Listener[] {
    return this.parts.listeners.secure;
  }

  /** Serves metrics and health checks; `null` if the configuration does not ask for them. */
  get operationsListener(): Listener | null {
    return this.parts.operations?.listener ?? null;
  }

  /** The number of open connections. */
  get connections(): number {
    return this.parts.server.connections;
  }

  /** The requests that are being answered. */
  get requestsUnderWay(): readonly RequestUnderWay[] {
    return this.parts.server.requestsUnderWay;
  }

  /** The connections of clients, the oldest first. */
  get openConnections(): readonly OpenConnection[] {
    return this.parts.server.openConnections;
  }

  /** Sends clients of kept connections elsewhere, see `Server.shed`. */
  shed(count: number): void {
    this.parts.server.shed(count);
  }

  /** Who may log in to the management API; `null`: nobody with a password. */
  get accounts(): AdminAccounts | null {
    return adminAccountsOf(this.config.features);
  }

  /** What this process has counted, for plots. */
  count(): CountsAnswer {
    return this.parts.count();
  }

  /** Where this process serves the management API. */
  get admin(): { readonly listener: Listener | null; readonly section: AdminSection | null } {
    const { admin } = this.parts;
    return { listener: admin?.listener ?? null, section: admin === null ? null : localSection(this.config) };
  }

  /** What became of the reloads. */
  get reloads(): { readonly edition: number; readonly reloadedAt: string | null; readonly error: string | null } {
    return this.reloaded;
  }

  /** Opens the files of the access logs again, after another program has renamed them. */
  reopenLogs(): void {
    this.parts.sinks.reopen();
  }

  /** The numbers of this process. */
  collect(): Promise<MetricsSnapshot> {
    return this.parts.collect();
  }

  /** Does something to what a feature lets administrators change. The next configurations keep it. */
  async act(action: ThingAction): Promise<ActionResult> {
    const result = await actOnThing(this.config.managed, action);
    if (result.is === 'done' && result.saved !== null)
      this.changes = { ...this.changes, [savedKey(action)]: result.saved };
    return result;
  }

  /** Takes over what administrators have changed elsewhere, in this configuration and the next ones. */
  restore(changes: SavedChanges): void {
    this.changes = { ...this.changes, ...changes };
    restoreThings(this.config.managed, changes);
  }

  /**
   * Loads a configuration and opens all it needs, without using it yet. Rejects if something cannot be opened: then, as with problems,
   * nothing changes.
   */
  async prepare(
    origin: ConfigOrigin,
  ): Promise<(PreparedFrontConfig & { readonly config: FrontConfig }) | RefusedConfig> {
    const { load, generations, listeners, ftp } = this.parts;
    const next = await load(origin);
    if (!next.ok) return next;
    const prepared = await generations.prepare(next.config);
    try {
      const opened = await listeners.prepare(next.config);
      const ofFtp = await ftp.prepare(next.config).catch(async (error: unknown) => {
        await opened.abandon();
        throw error;
      });
      return {
        ok: true,
        config: next.config,
        commit: () => {
          restoreThings(next.config.managed, this.changes);
          prepared.commit();
          opened.commit();
          ofFtp.commit();
          this.cutLater(next.config.sections.oldStreams);
        },
        async abandon() {
          await ofFtp.abandon();
          await opened.abandon();
          await prepared.abandon();
        },
      };
    } catch (error) {
      await prepared.abandon();
      throw error;
    }
  }

  /** Prepares a configuration and switches to it at once. One reload after the other. */
  reload(origin: ConfigOrigin): Promise<{ readonly ok: true } | RefusedConfig> {
    const done = this.turn.then(() => this.reloadNow(origin));
    this.turn = done.then(
      (result) => this.noteReload(result.ok ? null : formatProblems(result.problems).trimEnd()),
      (error: Error) => this.noteReload(error.message), // the caller hears of it too
    );
    return done;
  }

  private async reloadNow(origin: ConfigOrigin): Promise<{ readonly ok: true } | RefusedConfig> {
    const prepared = await this.prepare(origin);
    if (!prepared.ok) return prepared;
    const { admin, operations } = this.parts;
    const { sections } = prepared.config;
    try {
      await admin?.listen(localSection(prepared.config));
      await operations?.listen(sections.metrics);
    } catch (error) {
      await admin?.listen(localSection(this.config));
      await prepared.abandon();
      throw error;
    }
    prepared.commit();
    return prepared;
  }

  private noteReload(error: string | null): void {
    const { edition, reloadedAt } = this.reloaded;
    this.reloaded =
      error === null
        ? { edition: edition + 1, reloadedAt: new Date().toISOString(), error }
        : { edition, reloadedAt, error };
    if (error === null) this.parts.admin?.used();
  }

  /**
   * Stops accepting connections, finishes running requests until the deadline, then disposes of everything. With `lingerMs`
   * what is under way, streams and tunnels too, may go on for so many milliseconds.
   */
  async stop({ lingerMs = 0, ...options }: StopOptions = {}): Promise<void> {
    const { server, services, generations, sinks, operations, admin, stopping, apps, ftp } = this.parts;
    stopping.abort();
    await admin?.close(); // nobody should change what stops
    const lingering = { timeoutMs: lingerMs, tunnelTimeoutMs: lingerMs, eventStreamTimeoutMs: lingerMs };
    const ftpClosed = ftp.close(Math.max(options.timeoutMs ?? ftpStopMs, lingerMs));
    await server.close({ drainIdleMs, ...options, ...(lingerMs > 0 ? lingering : {}) });
    await ftpClosed;
    const undone = await services.work.settle(trackedWorkMs, systemClock);
    if (undone.length > 0) services.log.warn('Stopped without waiting any longer', { for: undone.join(', ') });
    await generations.dispose();
    await apps?.close(); // after the last request
    this.parts.stapler.close();
    await sinks.close();
    await operations?.close(); // last: a stopping server says that it is not ready
  }

  /** A stop that may linger ends after `timeoutMs` instead; streams and tunnels as soon as in any other stop. */
  async hurry(timeoutMs: number): Promise<void> {
    await this.parts.server.close({ timeoutMs: Math.min(timeoutMs, lastStreamsMs) });
  }

  /** Cuts what began before now and still goes on after that time. */
  private cutLater(afterMs: number | null): void {
    const now = systemClock.now();
    if (afterMs !== null) systemClock.schedule(afterMs, () => this.parts.server.cutOlder(now));
  }
}
