import { type Connection, compose, type Handler, type Middleware } from '@windhover/core';
import { type AcceptErrorListener, watchAccepting } from './accept-errors.ts';
import { type BoundServer, bindServers } from './bind-server.ts';
import { canBorrow } from './can-borrow.ts';
import { checkListenAddress } from './check-address.ts';
import { checkListenOptions } from './check-listen-options.ts';
import type { Tls } from './create-tls.ts';
import { type ListenAddress, nameAddress } from './listen-address.ts';
import { takeAccepted } from './node-internals.ts';
import { reportError } from './report-error.ts';
import { type MakeSocket, SocketConnection, type SocketDriver } from './socket-connection.ts';
import { commonLocalAddress, SocketInfo } from './socket-info.ts';

/** How a listener behaves. */
export interface ListenOptions {
  /** Connections waiting to be accepted, from 1 on. Default: 511, Node's and nginx's; the system may cap it (`net.core.somaxconn`). */
  readonly backlog?: number;
  /** How sockets are read. Default: `borrow` where the start-up check of this Node passes, else `data`. Under TLS that of `tls` counts. */
  readonly driver?: SocketDriver;
  /** Run on each raw connection, the first outermost, before TLS: limits, filters, what reads a first line. Default: none. */
  readonly middleware?: readonly Middleware<Connection>[];
  /** What `await createTls(…)` gave. Then `accept` gets connections whose handshake is done. Default: none, plain bytes. */
  readonly tls?: Tls;
  /**
   * Hears that connections could not be accepted, at most once a second: `TRANSPORT_ACCEPT_FAILED`, mostly because the process has as many
   * files open as it may. Default: a warning of the process.
   */
  readonly onAcceptError?: AcceptErrorListener;
}

/** An open door. */
export interface Listener {
  /** Where it listens: with the real port when 0 was asked for. The first one of `addresses`. */
  readonly address: ListenAddress;
  /** The real port, where it has one: `null` for Unix sockets, and for an inherited one that does not say. */
  readonly port: number | null;
  /** All of them: `localhost` has two. */
  readonly addresses: readonly ListenAddress[];
  /** `http://…`-ready text: `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080` or `unix:/path`. */
  readonly name: string;
  readonly driver: SocketDriver;
  /** Stops accepting. Resolves when no new connection can come; those open go on. */
  close(): Promise<void>;
}

/**
 * Opens a TCP or Unix listener, or one that was inherited, and gives each connection to `accept`, after the middleware and the handshake.
 * Rejects with a `TransportError` that says what to do; for an option that is misspelt or of another type with `TRANSPORT_BAD_OPTION`.
 */
export async function listen(
  address: ListenAddress,
  accept: Handler<Connection>,
  options: ListenOptions = {},
): Promise<Listener> {
  const asked = checkListenAddress(address);
  checkListenOptions(accept, options);
  const { tls, middleware = [], backlog = 511, onAcceptError } = options;
  // Under TLS the raw socket is read by OpenSSL: making it anew would be for nothing.
  const driver = tls !== undefined ? 'data' : (options.driver ?? ((await canBorrow()) ? 'borrow' : 'data'));
  const handle = compose(tls === undefined ? middleware : [...middleware, tls.middleware], accept);
  const servers = await bindServers(asked, backlog, (server, path) => {
    const watch = watchAccepting(server, onAcceptError);
    const local = commonLocalAddress(server);
    const take = (makeSocket: MakeSocket): void => {
      const info = new SocketInfo(path);
      const connection = new SocketConnection(driver, info, (onread) => {
        const socket = makeSocket(onread);
        info.read(socket, local);
        watch(socket);
        return socket;
      });
      // Reset before it was accepted, so that it has no address: a request of it would be nobody's.
      if (path === null && info.remoteAddress === '') connection.destroy();
      else run(handle, connection);
    };
    if (driver === 'borrow') takeAccepted(server, take as Parameters<typeof takeAccepted>[1]);
    else server.on('connection', (socket) => take(() => socket));
  });
  return describe(servers, asked, tls?.driver ?? driver);
}

function describe(
  servers: readonly [BoundServer, ...BoundServer[]],
  asked: ListenAddress,
  driver: SocketDriver,
): Listener {
  const [{ address }] = servers;
  return {
    address,
    port: 'port' in address ? address.port : null,
    addresses: servers.map((each) => each.address),
    name: nameAddress(servers.length > 1 ? ({ ...asked, ...address, host: 'localhost' } as ListenAddress) : address),
    driver,
    close: async () => {
      for (const { server } of servers) server.close(); // at once, and the socket file it made is removed
    },
  };
}

/** A bug in `accept` or a middleware costs its connection, no other. */
function run(handle: Handler<Connection>, connection: Connection): void {
  const fail = (error: unknown): void => {
    reportError(error);
    connection.destroy();
  };
  try {
    const pending = handle(connection);
    if (typeof pending?.then === 'function') pending.then(undefined, fail);
  } catch (error) {
    fail(error);
  }
}
