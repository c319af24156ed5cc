import net from 'node:net';
import { type Connection, systemClock } from '@windhover/core';
import { anyText, checkOptions, milliseconds, orNull, type Rules, withFunctions } from '@windhover/options';
import { badOption } from './bad-option.ts';
import { checkConnectAddress } from './check-address.ts';
import type { ConnectAddress } from './connect-address.ts';
import { connectError } from './connect-error.ts';
import { TransportError } from './errors.ts';
import { nameAddress } from './listen-address.ts';
import { SocketConnection } from './socket-connection.ts';
import { SocketInfo } from './socket-info.ts';

/** How long a connection may be silent before TCP probes the peer: a machine that lost power sends no FIN. */
const keepAliveProbeMs = 60_000;

/**
 * Node applies `noDelay` and `keepAlive` only in the socket constructor; `connect()` ignores them. Without `noDelay` a
 * second small write waits until the peer has acknowledged the first, which Linux delays by 40 ms.
 */
const socketOptions = {
  allowHalfOpen: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: keepAliveProbeMs,
} as const;

/** Options of `connect`. */
export interface ConnectOptions {
  /**
   * Milliseconds until the attempt is given up, above 0; `null`: never. Default: 10,000, as in undici; the system's own
   * limit is minutes.
   */
  readonly timeoutMs?: number | null;
  /**
   * Bytes that are sent before anything else, before TLS too, one character for each (latin1): a PROXY header. Default:
   * none.
   */
  readonly preamble?: string;
  /** Aborts the attempt. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a connection. Rejects with a `TransportError`, also for an invalid address or option. The connection always
 * reads into the shared buffer, because every supported Node offers that to clients.
 */
export async function connect(address: ConnectAddress, options: ConnectOptions = {}): Promise<Connection> {
  const to = checkConnectAddress(address);
  checkOptions(options, optionRules, (what) => badOption('connect()', what));
  return open(to, options);
}

const optionRules: Rules<ConnectOptions> = {
  timeoutMs: orNull(milliseconds('above 0')),
  preamble: anyText,
  signal: withFunctions(['addEventListener'], 'an AbortSignal'),
};

function open(address: ConnectAddress, { timeoutMs = 10_000, signal, preamble }: ConnectOptions): Promise<Connection> {
  const where = nameAddress(address);
  return new Promise((resolve, reject) => {
    let socket!: net.Socket;
    const info = new SocketInfo('path' in address ? address.path : null);
    const connection = new SocketConnection('borrow', info, (onread) => {
      const made = new net.Socket({ ...socketOptions, onread } as unknown as net.SocketConstructorOpts);
      socket = made;
      made.once('connect', () => info.read(made));
      return made;
    });
    const settle = (error?: TransportError): void => {
      stopTimer();
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
    const connected = (): void => {
      if (preamble !== undefined) connection.write(preamble);
      settle();
    };
    const failed = (error: Error): void => settle(connectError(address, error));
    const late = (): void => settle(new TransportError('TRANSPORT_CONNECT_TIMEOUT', `${where}, after ${timeoutMs} ms`));
    const stopTimer = timeoutMs === null ? () => undefined : systemClock.schedule(timeoutMs, late);
    socket.once('connect', connected).once('error', failed);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
    else start(socket, address, failed);
  });
}

/** A port out of range makes Node throw synchronously; callers get a rejection as for any other failure. */
function start(socket: net.Socket, address: ConnectAddress, failed: (error: Error) => void): void {
  try {
    socket.connect(address as net.NetConnectOpts);
  } catch (error) {
    failed(error as Error);
  }
}
