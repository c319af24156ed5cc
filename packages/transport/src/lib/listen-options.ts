import type { Connection, Middleware } from '@windhover/core';
import type { AcceptErrorListener } from './accept-errors.ts';
import type { SocketDriver } from './socket-connection.ts';
import type { Tls } from './tls-options.ts';

/** Options of `listen`. */
export interface ListenOptions {
  /**
   * Maximum of connections waiting to be accepted, 1 or more. Default: 511, as in Node and nginx; the system may cap it
   * (`net.core.somaxconn`).
   */
  readonly backlog?: number;
  /**
   * How sockets are read. Default: `borrow` if this Node passes the start-up check, otherwise `data`. With TLS, the
   * driver of `tls` counts.
   */
  readonly driver?: SocketDriver;
  /**
   * Where the driver `borrow` reads next, for all connections of this listener: what comes is delivered as a part of that buffer, and is the
   * consumer's from then on, without a copy. It is asked before the first read and after each one, and must not return memory that is in use; what
   * comes while the reading is paused is copied. Not for the driver `data`, so not with TLS. Default: one buffer that all share, lent for the call only.
   */
  readonly readBuffer?: () => Uint8Array;
  /**
   * Middleware on each raw connection, the first outermost, before TLS: limits, filters, or code that reads a first
   * line. Default: none.
   */
  readonly middleware?: readonly Middleware<Connection>[];
  /**
   * The result of `await createTls(…)`. `accept` then gets connections whose handshake is done. Default: none, plain
   * bytes.
   */
  readonly tls?: Tls;
  /**
   * Is called when connections could not be accepted, at most once a second, with `TRANSPORT_ACCEPT_FAILED`. The usual
   * reason is the limit on open files. Default: emits a process warning.
   */
  readonly onAcceptError?: AcceptErrorListener;
}
