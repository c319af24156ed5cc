import { setMaxListeners } from 'node:events';
import type { Clock, Connection, Handler, HttpContext, Logger } from '@windhover/core';
import { wholeNumber } from '@windhover/options';
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
import { checkServerOptions } from './check-options.ts';
import { consoleLogger } from './console-logger.ts';
import { DateLine } from './date-line.ts';
import { publishProtocolError } from './diagnostics.ts';
import type { Engine, ProtocolError } from './engine.ts';
import { serverError } from './errors.ts';
import { Http1Connection } from './http1-connection.ts';
import { resolveLimits, type ServerLimits } from './limits.ts';
import { OpenConnections } from './open-connections.ts';
import { ParserPool } from './parser-pool.ts';
import { prepareListening } from './prepare-listening.ts';
import { ProtocolErrorLog } from './protocol-error-log.ts';
import { safeLogger } from './safe-logger.ts';
import { type CloseOptions, checkCloseOptions, cutAll, stopServer } from './stop-server.ts';
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
   * A client may end its side after its request (`printf … | nc -N`). Most that do are gone, so by default what is not decided yet is
   * aborted (`abort`), and the connection closed after 250 ms even if the handler never settles. `allow` answers all the same, and keeps the
   * connection until the handler settles.
   */
  readonly halfClose?: 'abort' | 'allow';
  /**
   * Hears of requests that broke the rules, and of connections that were refused or cut. Default: the log gets the first at `info`, a count of
   * the others once a minute, and each of them at `debug`; connections beyond a limit at `warn`.
   */
  readonly onProtocolError?: (error: ProtocolError) => void;
}

/** A running or not yet running server. */
export interface Server {
  /** Opens a listener; may be called for several addresses. Rejects with a `TransportError` that says what to do. */
  listen(address: ListenAddress, options?: ListenOptions): Promise<Listener>;
  /** Serves a connection that somebody else accepted, a memory one for instance. */
  serve(connection: Connection): void;
  /** Connections that are open, those that shake hands and tunnels included. */
  readonly connections: number;
  /**
   * The next `count` answers on connections that would be kept say `Connection: close`, so that clients come back on new ones: for whoever
   * spreads connections over several processes. Takes the place of the count before; 0 takes it back. No request is lost: idle connections
   * stay, and so do tunnels, event streams, and those with a request on its way. Throws `SERVER_OPTION_INVALID` for what is not a count.
   */
  shed(count: number): void;
  /** Whether a listener of it is open and it does not stop: what a readiness probe asks. */
  readonly isReady: boolean;
  /** Aborts when a stop begins: for handlers whose answers never end, and tunnels that can say goodbye. */
  readonly stopping: AbortSignal;
  /**
   * Stops accepting, lets what is under way finish, closes. Resolves when the last connection is gone. Later calls join the first; with a
   * `timeoutMs` that passes sooner, what is under way is cut then. Throws `SERVER_OPTION_INVALID`.
   */
  close(options?: CloseOptions): Promise<void>;
}

const countRule = wholeNumber(0);

/** Makes an HTTP/1.1 server of one handler. Throws `SERVER_HANDLER_INVALID`, `SERVER_OPTION_INVALID` and `SERVER_LIMIT_INVALID`. */
export function createServer(handler: Handler<HttpContext>, options: ServerOptions = {}): Server {
  if (typeof handler !== 'function') throw serverError('SERVER_HANDLER_INVALID', `got ${typeof handler}`);
  checkServerOptions(options);
  const clock = options.clock ?? systemClock;
  const log = safeLogger(options.log ?? consoleLogger);
  const wheel = options.wheel ?? createTimerWheel({ clock });
  const protocolErrors = new ProtocolErrorLog(log, wheel);
  const { onProtocolError = (error) => protocolErrors.add(error) } = options;
  const limits = resolveLimits(options.limits);
  const engine: Engine = {
    handler,
    limits,
    parsers: new ParserPool(limits),
    log,
    wheel,
    writes: new WriteBatch(wheel),
    date: new DateLine(),
    halfClose: options.halfClose ?? 'abort',
    connections: new Set(),
    tunnels: new Set(),
    drainIdleMs: null,
    surplus: 0,
    onProtocolError: (error) => publishProtocolError(error, onProtocolError, log),
  };
  const listeners = new Set<Listener>();
  const open = new OpenConnections();
  let closing: Promise<void> | null = null;
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal); // each event stream may wait for it

  const serve = (channel: Connection): void => {
    open.add(channel);
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
  return {
    async listen(address, listenOptions = {}) {
      if (closing !== null) throw serverError('SERVER_CLOSED');
      const own = isLimited ? [limit.middleware] : [];
      const listener = await listen(address, serve, prepareListening(listenOptions, open.arrive, own));
      if (closing !== null) {
        await listener.close();
        throw serverError('SERVER_CLOSED');
      }
      const tracked: Listener = {
        ...listener,
        close: () => {
          listeners.delete(tracked);
          return listener.close();
        },
      };
      listeners.add(tracked);
      return tracked;
    },
    serve,
    get connections() {
      return open.count;
    },
    shed(count) {
      const fault = countRule.fault(count, 'count');
      if (fault !== null) throw serverError('SERVER_OPTION_INVALID', `shed(): ${fault}`);
      engine.surplus = count;
    },
    get isReady() {
      return listeners.size > 0 && closing === null;
    },
    stopping: stopping.signal,
    async close(closeOptions = {}) {
      checkCloseOptions(closeOptions);
      const stoppable = { engine, clock, listeners, open };
      if (closing === null) {
        closing = stopServer(stoppable, closeOptions).then(() => protocolErrors.close());
        stopping.abort(serverError('SERVER_SHUTDOWN'));
      } else if (closeOptions.timeoutMs !== undefined) {
        clock.schedule(closeOptions.timeoutMs, () => cutAll(stoppable)); // whoever asks again is in more of a hurry
      }
      return closing;
    },
  };
}
