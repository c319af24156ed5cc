import { setMaxListeners } from 'node:events';
import type { Clock, Connection, Handler, HttpContext, Logger } from '@windhover/core';
import {
  createConnectionLimit,
  createTimerWheel,
  type ListenAddress,
  type Listener,
  type ListenOptions,
  listen,
  systemClock,
  type TimerWheel,
} from '@windhover/transport';
import { consoleLogger } from './console-logger.ts';
import { connectionClosed, connectionOpened, protocolError } from './diagnostics.ts';
import type { Engine, ProtocolError } from './engine.ts';
import { serverError } from './errors.ts';
import { Http1Connection } from './http1-connection.ts';
import { resolveLimits, type ServerLimits } from './limits.ts';
import { ParserPool } from './parser-pool.ts';
import { type CloseOptions, stopServer } from './stop-server.ts';
import { WriteBatch } from './write-batch.ts';

/** How a server behaves. Everything is optional. */
export interface ServerOptions {
  /** What differs from the defaults; `null` lifts a limit. */
  readonly limits?: Partial<ServerLimits>;
  /** Where handler failures and other trouble go. Default: the console, warnings and errors only. */
  readonly log?: Logger;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Default: one on that clock, exact to 250 ms. */
  readonly wheel?: TimerWheel;
  /**
   * A client may end its side after its request (`printf … | nc`). Most that do are gone, so by default what is not decided yet is
   * aborted (`abort`). `allow` answers all the same.
   */
  readonly halfClose?: 'abort' | 'allow';
  /** Hears of requests that never reached the handler. Default: they go to the log at debug level. */
  readonly onProtocolError?: (error: ProtocolError) => void;
}

/** A running or not yet running server. */
export interface Server {
  /** Opens a listener; may be called for several addresses. Rejects with a `TransportError` that says what to do. */
  listen(address: ListenAddress, options?: ListenOptions): Promise<Listener>;
  /** Serves a connection that somebody else accepted, a memory one for instance. */
  serve(connection: Connection): void;
  /** Connections that are open. */
  readonly connections: number;
  /** Whether it listens and does not stop: what a readiness probe asks. */
  readonly isReady: boolean;
  /** Aborts when a stop begins: for handlers whose answers never end, and tunnels that can say goodbye. */
  readonly stopping: AbortSignal;
  /** Stops accepting, lets what is under way finish, closes. Resolves when the last connection is gone. Later calls join the first. */
  close(options?: CloseOptions): Promise<void>;
}

/** Makes an HTTP/1.1 server of one handler. */
export function createServer(handler: Handler<HttpContext>, options: ServerOptions = {}): Server {
  if (typeof handler !== 'function') throw serverError('SERVER_HANDLER_INVALID', `got ${typeof handler}`);
  const clock = options.clock ?? systemClock;
  const log = options.log ?? consoleLogger;
  const { onProtocolError = ({ message, code, status }) => log.debug(message, { code, status }) } = options;
  const limits = resolveLimits(options.limits);
  const engine: Engine = {
    handler,
    limits,
    parsers: new ParserPool(limits),
    log,
    clock,
    wheel: options.wheel ?? createTimerWheel({ clock }),
    writes: new WriteBatch(clock),
    halfClose: options.halfClose ?? 'abort',
    connections: new Set(),
    tunnels: new Set(),
    drainIdleMs: null,
    onProtocolError: (error) => {
      if (protocolError.hasSubscribers) protocolError.publish(error);
      onProtocolError(error);
    },
  };
  const listeners: Listener[] = [];
  const open = new Set<Connection>();
  let whenEmpty: () => void = () => undefined;
  let closing: Promise<void> | null = null;
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal); // each event stream may wait for it

  const serve = (channel: Connection): void => {
    open.add(channel);
    if (connectionOpened.hasSubscribers) connectionOpened.publish({ connection: channel.info });
    channel.onClosed((error) => {
      open.delete(channel);
      if (connectionClosed.hasSubscribers) publishClosed(channel, error);
      if (open.size === 0) whenEmpty();
    });
    const connection = new Http1Connection(channel, engine);
    if (engine.drainIdleMs !== null) connection.shutdown();
  };

  const { maxConnections, maxConnectionsPerAddress } = limits;
  const isLimited = maxConnections !== null || maxConnectionsPerAddress !== null;
  const limit = createConnectionLimit({
    maxConnections,
    maxConnectionsPerAddress,
    onRefused: (connection, which) => {
      const { code, message } = serverError(
        'SERVER_TOO_MANY_CONNECTIONS',
        which === 'total' ? 'in all' : 'of one address',
      );
      engine.onProtocolError({ code, message, status: 0, connection });
    },
  });
  const limited = (given: ListenOptions = {}): ListenOptions =>
    isLimited ? { ...given, middleware: [limit.middleware, ...(given.middleware ?? [])] } : given;

  const emptied = async (): Promise<void> => {
    if (open.size > 0) await new Promise<void>((resolve) => (whenEmpty = resolve));
  };

  return {
    async listen(address, listenOptions) {
      if (closing !== null) throw serverError('SERVER_CLOSED');
      const listener = await listen(address, serve, limited(listenOptions));
      if (closing !== null) {
        await listener.close();
        throw serverError('SERVER_CLOSED');
      }
      listeners.push(listener);
      return listener;
    },
    serve,
    get connections() {
      return open.size;
    },
    get isReady() {
      return listeners.length > 0 && closing === null;
    },
    stopping: stopping.signal,
    close(closeOptions = {}) {
      if (closing === null) {
        closing = stopServer({ engine, clock, listeners, open, emptied }, closeOptions);
        stopping.abort(serverError('SERVER_SHUTDOWN'));
      }
      return closing;
    },
  };
}

function publishClosed({ info }: Connection, error: Error | undefined): void {
  connectionClosed.publish(error === undefined ? { connection: info } : { connection: info, error });
}
