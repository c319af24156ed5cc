import net from 'node:net';
import type { Connection } from '@windhover/core';
import { TransportError } from './errors.ts';
import { SocketConnection } from './socket-connection.ts';
import { SocketInfo } from './socket-info.ts';

/** Where to connect to: a port of a host, or a Unix socket. */
export type ConnectAddress = { readonly host: string; readonly port: number } | { readonly path: string };

/** How a connection is made. */
export interface ConnectOptions {
  /** Milliseconds until the attempt is given up. Default: 10,000, undici's: the system's own would be minutes. */
  readonly timeoutMs?: number;
  /** Gives the attempt up. */
  readonly signal?: AbortSignal;
}

/** Opens a connection. Rejects with a `TransportError`. It reads into a shared buffer on every Node: clients may. */
export function connect(address: ConnectAddress, options: ConnectOptions = {}): Promise<Connection> {
  const { timeoutMs = 10_000, signal } = options;
  const where = 'path' in address ? `unix:${address.path}` : `${address.host}:${address.port}`;
  return new Promise((resolve, reject) => {
    let socket!: net.Socket;
    const info = new SocketInfo('path' in address ? address.path : null);
    const connection = new SocketConnection('borrow', info, (onread) => {
      const made = new net.Socket({ onread, allowHalfOpen: true } as unknown as net.SocketConstructorOpts);
      socket = made;
      made.once('connect', () => info.read(made));
      return made;
    });
    const settle = (error?: TransportError): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      socket.off('connect', connected).off('error', failed);
      if (error === undefined) resolve(connection);
      else {
        connection.destroy(error);
        reject(error);
      }
    };
    const abort = (): void =>
      settle(new TransportError('TRANSPORT_CONNECT_FAILED', `${where}: given up`, signal?.reason));
    const connected = (): void => settle();
    const failed = (error: Error): void =>
      settle(new TransportError('TRANSPORT_CONNECT_FAILED', `${where}: ${error.message}`, error));
    const timer = setTimeout(
      () => settle(new TransportError('TRANSPORT_CONNECT_TIMEOUT', `${where}, after ${timeoutMs} ms`)),
      timeoutMs,
    );
    socket.once('connect', connected).once('error', failed);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
    else start(socket, address, failed);
  });
}

/** A port out of range throws instead of failing: for callers it is the same. */
function start(socket: net.Socket, address: ConnectAddress, failed: (error: Error) => void): void {
  try {
    socket.connect({ ...address, noDelay: true } as net.NetConnectOpts);
  } catch (error) {
    failed(error as Error);
  }
}
