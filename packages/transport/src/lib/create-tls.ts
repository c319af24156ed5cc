import type { Clock, Connection, ConnectionInfo, Handler, Middleware } from '@windhover/core';
import { canBorrowTls } from './can-borrow.ts';
import type { CertificateFiles } from './certificate-files.ts';
import { checkTlsOptions } from './check-tls-options.ts';
import type { TransportError } from './errors.ts';
import { reportError } from './report-error.ts';
import { runCallback } from './run-callback.ts';
import type { SocketDriver } from './socket-connection.ts';
import { systemClock } from './system-clock.ts';
import { createTimerWheel, type TimerWheel } from './timer-wheel.ts';
import { TlsConnection } from './tls-connection.ts';
import { loadTlsContexts, type TlsContexts } from './tls-contexts.ts';
import { shakeHands } from './tls-handshake.ts';

/** What `createTls` needs to know. */
export interface TlsOptions {
  /** For clients that ask for no name, or for one that `serverNames` does not have. */
  readonly certificate: CertificateFiles;
  /**
   * More certificates, by the name clients ask for: `example.org`, or `*.example.org` for names with one label more. Exact names win.
   * Default: none.
   */
  readonly serverNames?: Readonly<Record<string, CertificateFiles>>;
  /** Protocols for ALPN, the preferred first. A client that offers none of them is refused. Default: `['http/1.1']`. */
  readonly alpnProtocols?: readonly string[];
  /** Default: `TLSv1.2`. RFC 8996 forbids those before. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** In OpenSSL's notation. Default: Node's list. */
  readonly ciphers?: string;
  /** Milliseconds until a handshake is given up, above 0. Default: 10,000, Kestrel's. */
  readonly handshakeTimeoutMs?: number;
  /** How secure connections are read. Default: `borrow` where the start-up check of this Node passes, else `data`. */
  readonly driver?: SocketDriver;
  /** Hears why a handshake failed, after its connection is closed. Default: nobody; much of what knocks at a public port speaks no TLS. */
  readonly onHandshakeError?: (error: TransportError, info: ConnectionInfo) => void;
  /** Hears of certificates that are expired, not valid yet, or in `serverNames` for a name they do not have, whenever they are loaded. Default: a warning of the process. */
  readonly onWarning?: (warning: TransportError) => void;
  /** Measures the handshake's time. Default: a wheel of its own on `clock`. */
  readonly wheel?: TimerWheel;
  /** Says whether a certificate is in date, and drives the wheel. Default: `systemClock`. */
  readonly clock?: Clock;
}

/** TLS for any number of listeners. */
export interface Tls {
  /** How the connections that come out of it are read. */
  readonly driver: SocketDriver;
  /** What it offers with ALPN, the preferred first: whoever serves the connections has to speak all of it. */
  readonly alpnProtocols: readonly string[];
  /** Takes a raw connection, and goes on with the secure one when the handshake is done. */
  readonly middleware: Middleware<Connection>;
  /**
   * Reads all files again, for handshakes from now on; open connections stay as they are. Rejects as `createTls` does, and then
   * everything stays as it was.
   */
  reload(): Promise<void>;
}

/** Reads the certificates and makes the TLS side of a server. Rejects with a `TransportError` that names the file and what to do. */
export async function createTls(options: TlsOptions): Promise<Tls> {
  const checked = checkTlsOptions(options);
  const { alpnProtocols, handshakeTimeoutMs: timeoutMs } = checked;
  const { clock = systemClock, onHandshakeError } = options;
  const wheel = options.wheel ?? createTimerWheel({ clock });
  const onWarning = options.onWarning ?? ((warning: TransportError) => process.emitWarning(warning));
  const driver = options.driver ?? ((await canBorrowTls()) ? 'borrow' : 'data');
  const load = async (): Promise<void> => {
    contexts = await loadTlsContexts(checked, clock.now());
    for (const warning of contexts.warnings) runCallback(onWarning, warning);
  };
  let contexts!: TlsContexts;
  await load();
  let loading = Promise.resolve();
  return {
    driver,
    alpnProtocols,
    middleware: function tls(raw, next) {
      shakeHands(
        raw,
        { contexts, alpnProtocols, timeoutMs, wheel },
        {
          done: (secure) => goOn(new TlsConnection(driver, secure), next),
          failed: (error) => {
            if (onHandshakeError !== undefined) runCallback(onHandshakeError, error, raw.info);
          },
        },
      );
    },
    reload() {
      loading = loading.catch(() => undefined).then(load); // one after the other: the files of the last call count
      return loading;
    },
  };
}

/** Not in the call of OpenSSL's that ends the handshake: a connection that is ended in there goes without `close_notify`. */
async function goOn(connection: Connection, next: Handler<Connection>): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  try {
    await next(connection);
  } catch (error) {
    reportError(error);
    connection.destroy();
  }
}
