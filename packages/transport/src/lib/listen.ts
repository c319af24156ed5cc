import { access, chmod, lstat, unlink } from 'node:fs/promises';
import net from 'node:net';
import { dirname } from 'node:path';
import { type Connection, compose, type Handler, type Middleware } from '@windhover/core';
import { canBorrow } from './can-borrow.ts';
import type { Tls } from './create-tls.ts';
import { checkAddress, type ListenAddress, listenError, nameAddress } from './listen-address.ts';
import { remakeSocket } from './node-internals.ts';
import { reportError } from './report-error.ts';
import { SocketConnection, type SocketDriver } from './socket-connection.ts';
import { SocketInfo } from './socket-info.ts';

/** How a listener behaves. */
export interface ListenOptions {
  /** Connections waiting to be accepted. Default: 511, Node's and nginx's; the system may cap it (`net.core.somaxconn`). */
  readonly backlog?: number;
  /** How sockets are read. Default: `borrow` where the start-up check of this Node passes, else `data`. */
  readonly driver?: SocketDriver;
  /** Run on each raw connection, the first outermost, before TLS: limits, filters, what reads a first line. Default: none. */
  readonly middleware?: readonly Middleware<Connection>[];
  /** What `createTls` gave. Then `accept` gets connections whose handshake is done. Default: none, plain bytes. */
  readonly tls?: Tls;
}

/** An open door. */
export interface Listener {
  /** Where it listens: with the real port when 0 was asked for. */
  readonly address: ListenAddress;
  /** `http://…`-ready text: `127.0.0.1:8080`, `[::1]:8080` or `unix:/path`. */
  readonly name: string;
  readonly driver: SocketDriver;
  /** Stops accepting. Resolves when no new connection can come; those open go on. */
  close(): Promise<void>;
}

/** Opens a TCP or Unix listener and gives each connection to `accept`. Rejects with a `TransportError` that says what to do. */
export async function listen(
  address: ListenAddress,
  accept: Handler<Connection>,
  options: ListenOptions = {},
): Promise<Listener> {
  checkAddress(address);
  const { tls, middleware = [] } = options;
  const driver = options.driver ?? (tls === undefined && (await canBorrow()) ? 'borrow' : 'data');
  const path = 'path' in address ? address.path : null;
  const layers = tls === undefined ? middleware : [...middleware, tls.middleware];
  const handle = compose(layers, accept);
  const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (socket) => {
    const info = new SocketInfo(path, socket);
    const connection = new SocketConnection(driver, info, (onread) =>
      onread === undefined ? socket : remakeSocket(socket, onread),
    );
    // Reset before it was accepted, so that it has no address: a request of it would be nobody's.
    if (path === null && info.remoteAddress === '') connection.destroy();
    else run(handle, connection);
  });
  try {
    if (path !== null) await prepare(path);
    await bind(server, address, options.backlog ?? 511);
    if ('path' in address && address.mode !== undefined) await chmod(address.path, address.mode);
  } catch (error) {
    server.close();
    throw listenError(address, error as NodeJS.ErrnoException);
  }
  server.on('error', () => undefined); // accept() failing for one connection (EMFILE) must not end the server
  const bound = boundAddress(server, address);
  return {
    address: bound,
    name: nameAddress(bound),
    driver: tls?.driver ?? driver,
    close: async () => void server.close(), // closes at once, and removes the socket file it made
  };
}

/** A bug in `accept` or a middleware costs its connection, no other. */
function run(handle: Handler<Connection>, connection: Connection): void {
  const fail = (error: unknown): void => {
    reportError(error);
    connection.destroy();
  };
  try {
    handle(connection)?.catch(fail);
  } catch (error) {
    fail(error);
  }
}

function bind(server: net.Server, address: ListenAddress, backlog: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...address, backlog }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** The system shortens a long path without a word, and names a missing folder as a lack of permission. */
async function prepare(path: string): Promise<void> {
  const maxBytes = process.platform === 'linux' ? 107 : 103;
  if (process.platform === 'win32') return;
  if (Buffer.byteLength(path) > maxBytes) throw Object.assign(new Error('Path too long'), { code: 'ENAMETOOLONG' });
  await access(dirname(path));
  await removeStaleSocket(path);
}

/** A socket file that nobody listens on any more is in the way; one that answers is somebody's, and so is any other file. */
async function removeStaleSocket(path: string): Promise<void> {
  const facts = await lstat(path).catch(ignoreMissing);
  if (facts?.isSocket() !== true) return;
  const isStale = await new Promise<boolean>((resolve) => {
    const probe = net.connect({ path }, () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
  if (isStale) await unlink(path).catch(ignoreMissing);
}

function boundAddress(server: net.Server, asked: ListenAddress): ListenAddress {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') return asked;
  return { host: bound.address, port: bound.port };
}

/** Missing is what was wanted; whatever else is wrong, binding will say. */
function ignoreMissing(): undefined {
  return undefined;
}
