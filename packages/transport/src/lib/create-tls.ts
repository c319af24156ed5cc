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

/** Options of `createTls`. */
export interface TlsOptions {
  /**
   * The certificate for clients that send no server name, or one that is not in `serverNames`. `null` refuses them with
   * the alert `handshake_failure`, so that nobody sees the name of another site by accident; `serverNames` then needs at
   * least one name.
   */
  readonly certificate: CertificateFiles | null;
  /**
   * More certificates, by server name: `example.org`, or `*.example.org` for names with one more label. An exact name
   * wins. Default: none.
   */
  readonly serverNames?: Readonly<Record<string, CertificateFiles>>;
  /** ALPN protocols, the preferred one first. A client that offers only others is refused. Default: `['http/1.1']`. */
  readonly alpnProtocols?: readonly string[];
  /** The lowest TLS version. Default: `TLSv1.2`; RFC 8996 forbids older ones. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** Cipher list in OpenSSL's notation. Default: Node's list. */
  readonly ciphers?: string;
  /** Milliseconds until a handshake is given up, above 0. Default: 10,000, as in Kestrel. */
  readonly handshakeTimeoutMs?: number;
  /** How secure connections are read. Default: `borrow` if this Node passes the start-up check, otherwise `data`. */
  readonly driver?: SocketDriver;
  /**
   * Is called with the reason when a handshake failed, after the connection is closed. Default: none; many clients that
   * reach a public port do not speak TLS.
   */
  readonly onHandshakeError?: (error: TransportError, info: ConnectionInfo) => void;
  /**
   * Is called, whenever certificates are loaded, for each that is expired, not valid yet, or does not cover its name in
   * `serverNames`. Default: emits a process warning.
   */
  readonly onWarning?: (warning: TransportError) => void;
  /** Measures the handshake timeout. Default: a new wheel on `clock`. */
  readonly wheel?: TimerWheel;
  /** The time for validity checks and for the default wheel. Default: `systemClock`. */
  readonly clock?: Clock;
}

/** The TLS side of a server; any number of listeners can share it. */
export interface Tls {
  /** How secure connections are read. */
  readonly driver: SocketDriver;
  /** The ALPN protocols it offers, the preferred one first. The server on top must speak all of them. */
  readonly alpnProtocols: readonly string[];
  /** Takes a raw connection, does the handshake, and passes on the secure connection. */
  readonly middleware: Middleware<Connection>;
  /**
   * Reads all files again, for later handshakes; open connections are not affected. Rejects as `createTls` does, and
   * then keeps the old certificates.
   */
  reload(): Promise<void>;
}

/**
 * Reads the certificates and creates the TLS side of a server. Rejects with a `TransportError` that names the file and
 * says what to do.
 */
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
      loading = loading.catch(() => undefined).then(load); // one after the other, so that the last call decides
      return loading;
    },
  };
}

/**
 * Waits a turn first: if a connection is ended inside the OpenSSL call that completes the handshake, no `close_notify`
 * is sent.
 */
async function goOn(connection: Connection, next: Handler<Connection>): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  try {
    await next(connection);
  } catch (error) {
    reportError(error);
    connection.destroy();
  }
}
