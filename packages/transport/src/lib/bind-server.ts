import { fstatSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import net from 'node:net';
import type { ListenAddress } from './listen-address.ts';
import { listenError } from './listen-error.ts';
import { keepAliveDelayMs } from './node-internals.ts';
import { prepareSocketFile } from './socket-file.ts';

/** A listening server and its address. */
export interface BoundServer {
  readonly server: net.Server;
  readonly address: ListenAddress;
}

/**
 * Starts to take the connections of a listening server. `path` is its socket file, `''` for an inherited socket that
 * does not say, `null` for TCP.
 */
export type StartAccepting = (server: net.Server, path: string | null) => void;

/** How many ports are tried to find one that is free in both address families. */
const maxTries = 20;

/** Opens the servers for an address: one, or one per family for `localhost`. Rejects with a `TransportError`. */
export async function bindServers(
  address: ListenAddress,
  backlog: number,
  start: StartAccepting,
): Promise<readonly [BoundServer, ...BoundServer[]]> {
  const isLocalhost = 'port' in address && address.host?.toLowerCase() === 'localhost';
  if (!isLocalhost) return [await bindOne(address, backlog, start)];
  const { port } = address;
  for (let tries = 1; ; tries++) {
    const first = await bindOne({ port, host: '127.0.0.1' }, backlog, start).catch(unlessMissing);
    if (first === null) return [await bindOne({ port, host: '::1' }, backlog, start)];
    const same = { port: boundTcpAddress(first.server)!.port, host: '::1' };
    try {
      const second = await bindOne(same, backlog, start).catch(unlessMissing);
      return second === null ? [first] : [first, second];
    } catch (error) {
      first.server.close();
      if (port !== 0 || tries === maxTries) throw error; // otherwise the port was free for IPv4 only: try another
    }
  }
}

/** Accepts a machine with only one address family; any other failure is thrown. */
function unlessMissing(error: { readonly code: string; readonly cause?: unknown }): null {
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return null;
  throw error;
}

async function bindOne(address: ListenAddress, backlog: number, start: StartAccepting): Promise<BoundServer> {
  const server = net.createServer({
    allowHalfOpen: true,
    pauseOnConnect: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveDelayMs,
  });
  try {
    if ('path' in address) await prepareSocketFile(address.path);
    if ('fd' in address) checkOpen(address.fd);
    await startListening(server, address, backlog, start);
    if ('path' in address && address.mode !== undefined) await chmod(address.path, address.mode);
  } catch (error) {
    server.close();
    throw listenError(address, error as NodeJS.ErrnoException);
  }
  const bound = boundTcpAddress(server);
  return { server, address: bound === null ? address : { host: bound.address, port: bound.port } };
}

function boundTcpAddress(server: net.Server): net.AddressInfo | null {
  const bound = server.address();
  return bound === null || typeof bound === 'string' ? null : bound;
}

/** Node reports a closed descriptor and one that is not a socket with the same error, so we check here. */
function checkOpen(fd: number): void {
  if (!fstatSync(fd).isSocket()) throw Object.assign(new Error('No socket'), { code: 'ENOTSOCK' });
}

/** Calls `start` in the same turn in which the server begins to listen, because a connection may arrive in the next. */
function startListening(
  server: net.Server,
  address: ListenAddress,
  backlog: number,
  start: StartAccepting,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...address, backlog } as net.ListenOptions, () => {
      server.off('error', reject);
      start(server, 'path' in address ? address.path : boundTcpAddress(server) === null ? '' : null);
      resolve();
    });
  });
}
