import { type Clock, type Connection, compose, type Logger, type Middleware, systemClock } from '@windhover/core';
import { createTimerWheel, type ListenAddress, type Listener, listen, type Tls } from '@windhover/transport';
import { FailureGuard, type FailureLimit } from './access/failure-guard.ts';
import { checkServerOptions } from './check-server-options.ts';
import { createLocalCounts, type FtpSharing } from './counts/ftp-counts.ts';
import { ftpHostKey } from './protocol/host-key.ts';
import { refuseConnection, turnAway } from './refuse-connection.ts';
import { type FtpSite, resolveSite } from './resolve-site.ts';
import type { ChannelEvent } from './session/channel-event.ts';
import type { FtpCommand } from './session/ftp-command.ts';
import { FtpSession } from './session/ftp-session.ts';
import type { FtpSettings } from './session/ftp-settings.ts';
import { RunningCommand } from './session/running-command.ts';
import type { SessionInfo } from './session/session-info.ts';
import type { ListingStyle } from './transfer/format-listing.ts';

/** Options of `createFtpServer`, beside those of its site. */
export interface FtpServerOptions extends FtpSite {
  /** More sites, by the name that clients send with `HOST` (RFC 7151). With some, other names are refused. Default: none. */
  readonly hosts?: Readonly<Record<string, FtpSite>>;
  /**
   * The certificates, of `createTls` with `alpnProtocols: ['ftp']`, or a function that returns them for the next session. Default: none; then `security` must be `none`.
   */
  readonly tls?: Tls | (() => Tls);
  /**
   * `required`: control and data connections need TLS. `credentials`: the login does, except of who is anonymous. `optional`: the client decides.
   * `none`: there is no TLS, and passwords can be read on the way. Default: `required`.
   */
  readonly security?: 'required' | 'credentials' | 'optional' | 'none';
  /** TLS begins at once, as on port 990, without `AUTH`. Default: false. */
  readonly implicitTls?: boolean;
  /**
   * Whether a data connection with TLS must resume a session of the control connection, so that nobody else can take it. Default: true. Some clients
   * cannot, Python's `ftplib` for instance.
   */
  readonly requireSessionReuse?: boolean;
  /** Whether data connections must come from, or go to, the address of the client. Default: true. */
  readonly checkDataAddress?: boolean;
  /** First and last port for passive data connections, to be opened in a firewall. Default: any that the system has free. */
  readonly passivePorts?: readonly [number, number];
  /** The IPv4 address that clients reach this server at, for `PASV` behind address translation. Default: the one that they have connected to. */
  readonly publicAddress?: string;
  /** Whether the server may connect to clients (`PORT`, `EPRT`). Default: true. */
  readonly active?: boolean;
  /** How `LIST` writes. Default: `unix`, which every client reads. */
  readonly listingStyle?: ListingStyle;
  /** Logins that fail: when an address is shut out. `null`: never. Default: after 4 in 30 s, for 30 s. */
  readonly denyByFailure?: FailureLimit | null;
  readonly limits?: FtpLimits;
  /** Wraps every command, the first outermost: logs, filters. Default: none. */
  readonly middleware?: readonly Middleware<FtpCommand>[];
  /** Wraps every new connection before anything is sent or read, the first outermost: address lists, the PROXY protocol. Default: none. */
  readonly connections?: readonly Middleware<Connection>[];
  /** Hears of each connection of a session that is opened or closed: `channelLog`. Default: nobody. */
  readonly onChannel?: (event: ChannelEvent) => void;
  /** What several processes that serve the same have in common, so that limits and quotas hold for all of them. Default: there is only this one. */
  readonly sharing?: FtpSharing;
  readonly log?: Logger;
  readonly clock?: Clock;
}

/** Limits of a server. */
export interface FtpLimits {
  /** Sessions, 1 or more. Default: 1000. */
  readonly maxSessions?: number;
  /** Sessions of one address. Default: 50: clients open some for their transfers, and several may be behind one address. */
  readonly maxSessionsPerAddress?: number;
  /** Sessions of one user; who is anonymous counts as one. Default: 100. */
  readonly maxSessionsPerUser?: number;
  /** Bytes of a command. Default: 4096, as in IIS. */
  readonly maxLineBytes?: number;
  /** Bytes of an uploaded file; `null`: no limit. Default: null. */
  readonly maxFileBytes?: number | null;
  /** Bytes per second of each transfer; `null`: no limit. Default: null. */
  readonly maxBytesPerSecond?: number | null;
  /**
   * Bytes per second that a client must send or take while the server waits for it, on average over `dataTimeoutMs`. `null`: anything in that time is
   * enough. Default: 240, as in IIS.
   */
  readonly minBytesPerSecond?: number | null;
  /** Milliseconds without a command. Default: 120,000, as in IIS. */
  readonly idleTimeoutMs?: number;
  /** Milliseconds for a data connection to come about, or with too few bytes on it. Default: 30,000, as in IIS. */
  readonly dataTimeoutMs?: number;
  /** Milliseconds from the beginning to the login. Default: 30,000, as in IIS. */
  readonly loginTimeoutMs?: number;
}

/** A server; it may listen on several addresses. */
export interface FtpServer {
  /** Everybody who is connected. */
  readonly sessions: readonly SessionInfo[];
  /** Rejects with a `TransportError` that says what to do. */
  listen(address: ListenAddress): Promise<Listener>;
  /** Takes a connection that was accepted elsewhere. */
  accept(connection: Connection): void;
  /** Uses other options for the sessions to come; those that are open keep theirs. Throws `FTP_OPTION_INVALID`, and then keeps the old ones. */
  update(options: FtpServerOptions): void;
  /** Stops listening, ends sessions without a transfer, and the others with it or after `timeoutMs`. Default: 30,000. */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Creates a server. Throws `FTP_OPTION_INVALID`. */
export function createFtpServer(options: FtpServerOptions): FtpServer {
  return new Server(options);
}

class Server implements FtpServer {
  private readonly open = new Set<FtpSession>();
  private readonly listeners = new Set<Listener>();
  private readonly ownCounts: FtpSharing = { name: 'ftp', counts: createLocalCounts() };
  private settings: FtpSettings;
  private isImplicit: boolean;
  private guard: { readonly limit: string; readonly guard: FailureGuard } | null = null;
  /** What brings failures of other processes: it is listened to once, whatever is reloaded. */
  private failures: FtpSharing['onFailure'];
  private isClosing = false;
  private onEmpty: (() => void) | null = null;

  constructor(options: FtpServerOptions) {
    this.settings = this.resolve(options);
    this.isImplicit = options.implicitTls === true;
  }

  get sessions(): readonly SessionInfo[] {
    return [...this.open];
  }

  async listen(address: ListenAddress): Promise<Listener> {
    const listener = await listen(address, (connection) => this.accept(connection));
    this.listeners.add(listener);
    return listener;
  }

  accept(connection: Connection): void {
    void this.admit(connection).catch((error) => {
      this.settings.log.error('A connection of FTP could not be accepted', { error });
      connection.destroy();
    });
  }

  update(options: FtpServerOptions): void {
    this.settings = this.resolve(options);
    this.isImplicit = options.implicitTls === true;
  }

  async close({ timeoutMs = 30_000 }: { readonly timeoutMs?: number } = {}): Promise<void> {
    await Promise.all([...this.listeners].map((listener) => listener.close()));
    this.listeners.clear();
    this.isClosing = true;
    if (this.open.size === 0) return;
    const empty = new Promise<void>((resolve) => {
      this.onEmpty = resolve;
    });
    for (const session of this.open) session.drain();
    const cancel = this.settings.clock.schedule(timeoutMs, () => {
      for (const session of this.open) session.connection.destroy();
    });
    await empty;
    cancel();
  }

  private async admit(connection: Connection): Promise<void> {
    await this.settings.handleConnection(connection);
  }

  private async greet(connection: Connection): Promise<void> {
    const { settings, isImplicit } = this;
    const refusal = await refuseConnection(connection, settings);
    if (refusal !== null) turnAway(connection, isImplicit ? null : refusal, settings.wheel);
    else if (!isImplicit) this.start(connection, null, settings);
    else {
      const tls = settings.tls!();
      await tls.middleware(connection, (secure) => this.start(secure, tls, settings));
    }
  }

  private start(connection: Connection, tls: Tls | null, settings: FtpSettings): void {
    const session = new FtpSession(connection, tls, settings, () => {
      this.open.delete(session);
      if (this.open.size === 0) this.onEmpty?.();
    });
    this.open.add(session);
    if (this.isClosing) session.drain();
  }

  /** A reload with the same limit lets nobody in who is shut out. */
  private guardOf(limit: FailureLimit | null, clock: Clock, sharing: FtpSharing): FailureGuard | null {
    if (limit === null) return null;
    if (this.failures !== sharing.onFailure) {
      this.failures = sharing.onFailure;
      sharing.onFailure?.((address) => void this.guard?.guard.note(address));
    }
    const written = JSON.stringify(limit);
    if (this.guard?.limit !== written) this.guard = { limit: written, guard: new FailureGuard(limit, clock, sharing) };
    return this.guard.guard;
  }

  private resolve(options: FtpServerOptions): FtpSettings {
    checkServerOptions(options);
    const { tls, clock = systemClock, log = silent, limits = {}, denyByFailure = {}, middleware = [] } = options;
    const { sharing = this.ownCounts, connections = [] } = options;
    const handle = compose(middleware, (command) => {
      if (!(command instanceof RunningCommand))
        throw new TypeError('next() takes the command that the middleware was given');
      return command.run();
    });
    return {
      site: resolveSite(options, sharing.counts, sharing.name),
      hosts: new Map(
        Object.entries(options.hosts ?? {}).map(([name, site]) => {
          const key = ftpHostKey(name)!; // it was checked
          return [key, resolveSite(site, sharing.counts, `${sharing.name} ${key}`)];
        }),
      ),
      tls: tls === undefined ? null : typeof tls === 'function' ? tls : () => tls,
      security: options.security ?? 'required',
      mustResume: options.requireSessionReuse ?? true,
      checksDataAddress: options.checkDataAddress ?? true,
      passivePorts: options.passivePorts ?? null,
      publicAddress: options.publicAddress ?? null,
      allowsActive: options.active ?? true,
      listingStyle: options.listingStyle ?? 'unix',
      maxLineBytes: limits.maxLineBytes ?? 4096,
      maxSessions: limits.maxSessions ?? 1000,
      maxSessionsPerAddress: limits.maxSessionsPerAddress ?? 50,
      maxSessionsPerUser: limits.maxSessionsPerUser ?? 100,
      maxBytesPerSecond: limits.maxBytesPerSecond ?? null,
      minBytesPerSecond: limits.minBytesPerSecond === undefined ? 240 : (limits.minBytesPerSecond ?? 0),
      maxFileBytes: limits.maxFileBytes ?? null,
      idleMs: limits.idleTimeoutMs ?? 120_000,
      dataMs: limits.dataTimeoutMs ?? 30_000,
      loginMs: limits.loginTimeoutMs ?? 30_000,
      guard: this.guardOf(denyByFailure, clock, sharing),
      sharing,
      wheel: createTimerWheel({ clock }),
      clock,
      log,
      onChannel(event) {
        try {
          options.onChannel?.(event);
        } catch (error) {
          log.error('What hears of connections of FTP has failed', { error });
        }
      },
      handle,
      handleConnection: compose(connections, (connection) => this.greet(connection)),
    };
  }
}
