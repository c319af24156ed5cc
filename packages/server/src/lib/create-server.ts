import { setMaxListeners } from 'node:events';
import type { Connection, Handler, HttpContext } from '@windhover/core';
import { wholeNumber } from '@windhover/options';
import { type ListenAddress, type Listener, listen } from '@windhover/transport';
import { checkServerOptions } from './check-options.ts';
import { chooseProtocol } from './choose-protocol.ts';
import { connectionLimits } from './connection-limits.ts';
import { createEngine } from './create-engine.ts';
import { cutOlder } from './cut-older.ts';
import { serverError } from './errors.ts';
import { listConnections, type OpenConnection } from './list-connections.ts';
import { OpenConnections } from './open-connections.ts';
import { prepareListening } from './prepare-listening.ts';
import { protocols } from './protocols.ts';
import type { RequestUnderWay } from './request-under-way.ts';
import { type ServerListenOptions, splitListenOptions } from './server-listen-options.ts';
import type { ServerOptions } from './server-options.ts';
import { type CloseOptions, checkCloseOptions, cutAll, stopServer } from './stop-server.ts';

/** A running or not yet running server. */
export interface Server {
  /** Opens a listener; may be called for several addresses. Rejects with a `TransportError` that says what to do. */
  listen(address: ListenAddress, options?: ServerListenOptions): Promise<Listener>;
  /** Serves a connection that other code accepted, for instance a memory connection. */
  serve(connection: Connection, options?: Pick<ServerListenOptions, 'http2'>): void;
  /** The number of open connections, including TLS handshakes and tunnels. */
  readonly connections: number;
  /**
   * Sends `Connection: close` with the next `count` answers on connections that would be kept alive, so that clients
   * reconnect: for code that spreads connections over several processes. Replaces the previous count; 0 cancels it. No
   * request is lost: idle connections stay open, and so do tunnels, event streams, and connections with another request
   * on its way. Throws `SERVER_OPTION_INVALID` if `count` is not a whole number from 0 up.
   */
  shed(count: number): void;
  /**
   * The requests that are being answered, without tunnels. Nothing is noted for it: it looks at every connection, so ask
   * now and then, not per request.
   */
  readonly requestsUnderWay: readonly RequestUnderWay[];
  /** Every open connection, the oldest first. It looks at all of them, so ask now and then, not per request. */
  readonly openConnections: readonly OpenConnection[];
  /**
   * Cuts off exchanges and tunnels whose request came before a moment, in milliseconds since the epoch: for code that
   * has replaced something that old streams still use. Returns how many it cut.
   */
  cutOlder(than: number): number;
  /** Whether a listener is open and the server is not stopping. For readiness probes. */
  readonly isReady: boolean;
  /**
   * Aborts when a stop begins: for handlers whose answers never end, and for tunnels that can send a closing message.
   */
  readonly stopping: AbortSignal;
  /**
   * Stops accepting, lets exchanges under way finish, then closes. Resolves when the last connection is gone. Later
   * calls join the first; if the `timeoutMs` of a later call passes sooner, exchanges under way are cut off then.
   * Throws `SERVER_OPTION_INVALID`.
   */
  close(options?: CloseOptions): Promise<void>;
}

const countRule = wholeNumber(0);

/**
 * Makes a server for HTTP/1.1 and HTTP/2 from a handler. Throws `SERVER_HANDLER_INVALID`, `SERVER_OPTION_INVALID` and
 * `SERVER_LIMIT_INVALID`.
 */
export function createServer(handler: Handler<HttpContext>, options: ServerOptions = {}): Server {
  if (typeof handler !== 'function') throw serverError('SERVER_HANDLER_INVALID', `got ${typeof handler}`);
  checkServerOptions(options);
  const { engine, clock, close: closeEngine } = createEngine(handler, options);
  const serveProtocol = chooseProtocol(protocols, engine);
  const listeners = new Set<Listener>();
  const open = new OpenConnections(engine.wheel);
  let closing: Promise<void> | null = null;
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal); // each event stream may listen to it

  const serve = (channel: Connection, looksAtPreface: boolean): void => {
    open.add(channel);
    const connection = serveProtocol(channel, looksAtPreface);
    if (engine.drainIdleMs !== null) connection.shutdown();
  };

  const own = connectionLimits(engine);
  return {
    async listen(address, given = {}) {
      if (closing !== null) throw serverError('SERVER_CLOSED');
      const { http2, options: listenOptions } = splitListenOptions(given);
      const accept = (channel: Connection): void => serve(channel, http2 === 'prior-knowledge');
      const listener = await listen(address, accept, prepareListening(listenOptions, protocols, open.arrive, own));
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
    serve: (connection, given = {}) => serve(connection, splitListenOptions(given).http2 === 'prior-knowledge'),
    get connections() {
      return open.count;
    },
    shed(count) {
      const fault = countRule.fault(count, 'count');
      if (fault !== null) throw serverError('SERVER_OPTION_INVALID', `shed(): ${fault}`);
      engine.surplus = count;
    },
    get requestsUnderWay() {
      return [...engine.connections].flatMap(({ requestsUnderWay }) => requestsUnderWay);
    },
    get openConnections() {
      return listConnections(engine, open);
    },
    cutOlder: (than) => cutOlder(engine, than),
    get isReady() {
      return listeners.size > 0 && closing === null;
    },
    stopping: stopping.signal,
    async close(closeOptions = {}) {
      checkCloseOptions(closeOptions);
      const stoppable = { engine, clock, listeners, open };
      if (closing === null) {
        closing = stopServer(stoppable, closeOptions).then(closeEngine);
        stopping.abort(serverError('SERVER_SHUTDOWN'));
      } else if (closeOptions.timeoutMs !== undefined) {
        clock.schedule(closeOptions.timeoutMs, () => cutAll(stoppable)); // a later call may shorten the time
      }
      return closing;
    },
  };
}
