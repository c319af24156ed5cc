import { type Connection, compose, type Handler } from '@windhover/core';
import { watchAccepting } from './accept-errors.ts';
import { type BoundServer, bindServers } from './bind-server.ts';
import { canBorrow } from './can-borrow.ts';
import { checkListenAddress } from './check-address.ts';
import { checkListenOptions } from './check-listen-options.ts';
import { type ListenAddress, nameAddress } from './listen-address.ts';
import type { ListenOptions } from './listen-options.ts';
import { takeAccepted } from './node-internals.ts';
import { reportError } from './report-error.ts';
import { type MakeSocket, SocketConnection, type SocketDriver } from './socket-connection.ts';
import { commonLocalAddress, SocketInfo } from './socket-info.ts';

/** An open listener. */
export interface Listener {
  /** The first of `addresses`, with the real port when 0 was asked for. */
  readonly address: ListenAddress;
  /** The real port; `null` for Unix sockets and for an inherited socket that does not say. */
  readonly port: number | null;
  /** All addresses: `localhost` has two. */
  readonly addresses: readonly ListenAddress[];
  /** The address as text, ready for `http://…`: `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080` or `unix:/path`. */
  readonly name: string;
  readonly driver: SocketDriver;
  /** Stops accepting. Resolves when no new connection can arrive; open connections continue. */
  close(): Promise<void>;
}

/**
 * Listens on a TCP port, a Unix socket or an inherited socket, and passes each connection to `accept`, after the
 * middleware and the TLS handshake. Rejects with a `TransportError` that says what to do; `TRANSPORT_BAD_OPTION` for an
 * option with an unknown name or a wrong type.
 */
export async function listen(
  address: ListenAddress,
  accept: Handler<Connection>,
  options: ListenOptions = {},
): Promise<Listener> {
  const asked = checkListenAddress(address);
  checkListenOptions(accept, options);
  const { tls, middleware = [], backlog = 511, onAcceptError } = options;
  // With TLS, OpenSSL reads the raw socket, so a borrowing raw socket would be wasted.
  const driver = tls !== undefined ? 'data' : (options.driver ?? ((await canBorrow()) ? 'borrow' : 'data'));
  const handle = compose(tls === undefined ? middleware : [...middleware, tls.middleware], accept);
  const servers = await bindServers(asked, backlog, (server, path) => {
    const watch = watchAccepting(server, onAcceptError);
    const local = commonLocalAddress(server);
    const take = (makeSocket: MakeSocket): void => {
      const info = new SocketInfo(path);
      const connection = new SocketConnection(
        driver,
        info,
        (onread) => {
          const socket = makeSocket(onread);
          info.read(socket, local);
          watch(socket);
          return socket;
        },
        options.readBuffer,
      );
      // The client reset the connection before it was accepted, so it has no address to attribute a request to.
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
      for (const { server } of servers) server.close(); // immediate; also removes the server's socket file
    },
  };
}

/** A bug in `accept` or a middleware closes its own connection and no other. */
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
