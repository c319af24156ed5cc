import { fstatSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import net from 'node:net';
import { type ListenAddress, listenError } from './listen-address.ts';
import { prepareSocketFile } from './socket-file.ts';

/** A server that listens, and where. */
export interface BoundServer {
  readonly server: net.Server;
  readonly address: ListenAddress;
}

/** What becomes of an accepted socket. `path` is its socket file, `''` for one that is inherited and does not say, `null` for TCP. */
export type TakeSocket = (socket: net.Socket, path: string | null) => void;

/** How often two free ports are looked for, one of each family with the same number. */
const maxTries = 20;

/** Opens what an address stands for: one server, for `localhost` one of each family. Rejects with a `TransportError`. */
export async function bindServers(
  address: ListenAddress,
  backlog: number,
  take: TakeSocket,
): Promise<readonly [BoundServer, ...BoundServer[]]> {
  const { port, host } = 'path' in address ? {} : address;
  if (port === undefined || host?.toLowerCase() !== 'localhost') return [await bindOne(address, backlog, take)];
  for (let tries = 1; ; tries++) {
    const first = await bindOne({ port, host: '127.0.0.1' }, backlog, take).catch(unlessMissing);
    if (first === null) return [await bindOne({ port, host: '::1' }, backlog, take)];
    const same = { port: (first.address as { readonly port: number }).port, host: '::1' };
    try {
      const second = await bindOne(same, backlog, take).catch(unlessMissing);
      return second === null ? [first] : [first, second];
    } catch (error) {
      first.server.close();
      if (port !== 0 || tries === maxTries) throw error; // else the port was free for IPv4 alone
    }
  }
}

/** A machine may have one family only; whatever else is wrong is an error. */
function unlessMissing(error: { readonly code: string; readonly cause?: unknown }): null {
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return null;
  throw error;
}

async function bindOne(address: ListenAddress, backlog: number, take: TakeSocket): Promise<BoundServer> {
  const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
  let path = 'path' in address ? address.path : null;
  server.on('connection', (socket) => take(socket, path));
  try {
    if ('path' in address) await prepareSocketFile(address.path);
    if ('fd' in address) checkOpen(address.fd);
    await startListening(server, address, backlog);
    if ('path' in address && address.mode !== undefined) await chmod(address.path, address.mode);
  } catch (error) {
    server.close();
    throw listenError(address, error as NodeJS.ErrnoException);
  }
  const bound = server.address();
  if ('path' in address) return { server, address };
  if (bound !== null && typeof bound !== 'string')
    return { server, address: { host: bound.address, port: bound.port } };
  path = ''; // a Unix socket that was inherited; no connection of it has come in this turn
  return { server, address };
}

/** Node tells a closed descriptor from one that is no socket by the same error. */
function checkOpen(fd: number): void {
  if (!fstatSync(fd).isSocket()) throw Object.assign(new Error('No socket'), { code: 'ENOTSOCK' });
}

function startListening(server: net.Server, address: ListenAddress, backlog: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...address, backlog } as net.ListenOptions, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
