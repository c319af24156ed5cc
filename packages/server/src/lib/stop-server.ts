import type { Clock, Connection } from '@windhover/core';
import { checkOptions, milliseconds, type Rules } from '@windhover/options';
import type { Listener } from '@windhover/transport';
import type { Engine } from './engine.ts';
import { serverError } from './errors.ts';
import type { OpenConnections } from './open-connections.ts';
import { sayGoodbye } from './say-goodbye.ts';

/** How a server stops. Times are in milliseconds. */
export interface CloseOptions {
  /**
   * How long the server goes on as before while `isReady` is already false, so that a load balancer can send its
   * traffic elsewhere. Default: 0, for servers without a readiness probe.
   */
  readonly drainDelayMs?: number;
  /**
   * How long an idle connection waits for one more request before it is closed: otherwise a request that a client has
   * just begun to send would fail. Default: 0, only requests that have already arrived are answered.
   */
  readonly drainIdleMs?: number;
  /**
   * Time until exchanges under way are cut off, counted from the moment the server stops accepting. Default: 30,000, as
   * in .NET.
   */
  readonly timeoutMs?: number;
  /**
   * The same for answers of type `text/event-stream`, which never end; their clients reconnect by themselves. Default:
   * 5,000.
   */
  readonly eventStreamTimeoutMs?: number;
  /** The same for tunnels: time for a closing handshake of two messages. Default: 5,000. */
  readonly tunnelTimeoutMs?: number;
}

const closeRules: Rules<CloseOptions> = {
  drainDelayMs: milliseconds('from 0 on'),
  drainIdleMs: milliseconds('from 0 on'),
  timeoutMs: milliseconds('from 0 on'),
  eventStreamTimeoutMs: milliseconds('from 0 on'),
  tunnelTimeoutMs: milliseconds('from 0 on'),
};

/** Throws `SERVER_OPTION_INVALID` for an invalid option: a wrong time must not cut clients off immediately. */
export function checkCloseOptions(options: CloseOptions): void {
  checkOptions(options, closeRules, (fault) => serverError('SERVER_OPTION_INVALID', `close(): ${fault}`));
}

/** The parts of a server that a stop needs. */
export interface StoppingServer {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly listeners: ReadonlySet<Listener>;
  readonly open: OpenConnections;
}

/**
 * Runs the steps of a graceful stop: not ready, not accepting, the last answers, the deadline for each kind of answer.
 */
export async function stopServer(server: StoppingServer, options: CloseOptions): Promise<void> {
  const { engine, clock, listeners, open } = server;
  // The clock's timers and paused connections do not keep the process alive, but the caller waits for the end.
  const alive = setInterval(() => undefined, 2 ** 30);
  const { drainDelayMs = 0, drainIdleMs = 0, timeoutMs = 30_000 } = options;
  const { eventStreamTimeoutMs = 5000, tunnelTimeoutMs = 5000 } = options;
  if (drainDelayMs > 0) await new Promise<void>((resolve) => clock.schedule(drainDelayMs, resolve));

  engine.drainIdleMs = drainIdleMs;
  const tunnelMs = Math.min(tunnelTimeoutMs, timeoutMs);
  engine.onLateTunnel = (tunnel) => {
    tunnel.onClosed(clock.schedule(tunnelMs, () => tunnel.destroy(serverError('SERVER_SHUTDOWN'))));
  };
  for (const tunnel of [...engine.tunnels.keys()]) sayGoodbye(tunnel, engine.log);
  const deadlines = [
    clock.schedule(tunnelMs, () => destroyAll(engine.tunnels.keys())),
    cutEventStreams(server, Math.min(eventStreamTimeoutMs, timeoutMs)),
    clock.schedule(timeoutMs, () => cutAll(server)),
  ];
  await wholeTurn();
  await Promise.all([...listeners].map((listener) => listener.close()));
  for (const connection of [...engine.connections]) connection.shutdown();
  await open.emptied();
  for (const cancel of deadlines) cancel();
  clearInterval(alive);
}

/** Cuts event streams after that time, and again and again those that began later. Returns a function that ends this. */
function cutEventStreams({ engine, clock }: StoppingServer, timeMs: number): () => void {
  const cut = (): void => {
    for (const connection of [...engine.connections]) connection.cutEventStreams();
    cancel = clock.schedule(Math.max(lateStreamMs, timeMs), cut);
  };
  let cancel = clock.schedule(timeMs, cut);
  return () => cancel();
}

/** How often a stop looks for event streams that began during it, at most, in milliseconds. */
const lateStreamMs = 1000;

/** Cuts off everything that is still under way. */
export function cutAll({ engine, open }: StoppingServer): void {
  for (const connection of [...engine.connections]) connection.abandon();
  destroyAll(open.served.keys());
  destroyAll([...open.arriving.values()].map(({ connection }) => connection));
}

function destroyAll(connections: Iterable<Connection>): void {
  for (const connection of [...connections]) connection.destroy(serverError('SERVER_SHUTDOWN'));
}

/**
 * Waits a whole turn of the event loop, so that waiting connections are accepted: their clients believe that they are
 * connected, and closing the listener would reset them.
 */
function wholeTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
