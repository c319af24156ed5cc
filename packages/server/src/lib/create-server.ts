import type { Clock, Connection, Handler, HttpContext, Logger } from '@windhover/core';
import {
  createTimerWheel,
  type ListenAddress,
  type Listener,
  type ListenOptions,
  listen,
  systemClock,
  type TimerWheel,
} from '@windhover/transport';
import { consoleLogger } from './console-logger.ts';
import type { Engine, ProtocolError } from './engine.ts';
import { serverError } from './errors.ts';
import { Http1Connection } from './http1-connection.ts';
import { resolveLimits, type ServerLimits } from './limits.ts';
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

/** How long a stop may take. */
export interface CloseOptions {
  /** Milliseconds until exchanges under way are cut. Default: 30,000, as in .NET. */
  readonly timeoutMs?: number;
  /**
   * Milliseconds that an idle connection waits for one more request before it is closed: a client that had just begun to send one
   * would see it fail. Default: 0, only what has already arrived is answered.
   */
  readonly idleMs?: number;
}

/** A running or not yet running server. */
export interface Server {
  /** Opens a listener; may be called for several addresses. Rejects with a `TransportError` that says what to do. */
  listen(address: ListenAddress, options?: ListenOptions): Promise<Listener>;
  /** Serves a connection that somebody else accepted, a memory one for instance. */
  serve(connection: Connection): void;
  /** Connections that are open. */
  readonly connections: number;
  /** Stops accepting, lets what is under way finish, closes. Resolves when the last connection is gone. */
  close(options?: CloseOptions): Promise<void>;
}

/** Makes an HTTP/1.1 server of one handler. */
export function createServer(handler: Handler<HttpContext>, options: ServerOptions = {}): Server {
  if (typeof handler !== 'function') throw serverError('SERVER_HANDLER_INVALID', `got ${typeof handler}`);
  const clock = options.clock ?? systemClock;
  const log = options.log ?? consoleLogger;
  const engine: Engine = {
    handler,
    limits: resolveLimits(options.limits),
    log,
    clock,
    wheel: options.wheel ?? createTimerWheel({ clock }),
    writes: new WriteBatch(clock),
    halfClose: options.halfClose ?? 'abort',
    connections: new Set(),
    drainIdleMs: null,
    onProtocolError:
      options.onProtocolError ?? ((error) => log.debug(error.message, { code: error.code, status: error.status })),
  };
  const listeners: Listener[] = [];
  const open = new Set<Connection>();
  let whenEmpty: () => void = () => undefined;
  let closing: Promise<void> | null = null;

  const serve = (channel: Connection): void => {
    open.add(channel);
    channel.onClosed(() => {
      open.delete(channel);
      if (open.size === 0) whenEmpty();
    });
    const connection = new Http1Connection(channel, engine);
    if (closing !== null) connection.shutdown();
  };

  const stop = async ({ timeoutMs = 30_000, idleMs = 0 }: CloseOptions): Promise<void> => {
    engine.drainIdleMs = idleMs;
    const cancel = clock.schedule(timeoutMs, () => {
      for (const connection of [...engine.connections]) connection.abandon();
      for (const tunnel of [...open]) tunnel.destroy(serverError('SERVER_SHUTDOWN'));
    });
    await wholeTurn();
    await Promise.all(listeners.map((listener) => listener.close()));
    for (const connection of [...engine.connections]) connection.shutdown();
    if (open.size > 0) {
      await new Promise<void>((resolve) => {
        whenEmpty = resolve;
      });
    }
    cancel();
  };

  return {
    async listen(address, listenOptions) {
      if (closing !== null) throw serverError('SERVER_CLOSED');
      const listener = await listen(address, serve, listenOptions);
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
    close(closeOptions = {}) {
      closing ??= stop(closeOptions);
      return closing;
    },
  };
}

/** Clients whose connection waits to be accepted believe that they are connected: what closes a listener resets them. */
function wholeTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
