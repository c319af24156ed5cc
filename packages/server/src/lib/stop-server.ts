import type { Clock, Connection } from '@windhover/core';
import { checkOptions, milliseconds, type Rules } from '@windhover/options';
import type { Listener } from '@windhover/transport';
import type { Engine } from './engine.ts';
import { serverError } from './errors.ts';
import type { OpenConnections } from './open-connections.ts';

/** How a server stops. Milliseconds. */
export interface CloseOptions {
  /**
   * How long it goes on as before while `isReady` is already false, so that whoever sends it traffic can look elsewhere. Default: 0,
   * for servers that nobody asks for their readiness.
   */
  readonly drainDelayMs?: number;
  /**
   * How long an idle connection waits for one more request before it is closed: a client that has just begun to send one would see
   * it fail. Default: 0, only what has already arrived is answered.
   */
  readonly drainIdleMs?: number;
  /** Until exchanges under way are cut, counted from the moment it stops accepting. Default: 30,000, as in .NET. */
  readonly timeoutMs?: number;
  /** The same for answers of type `text/event-stream`, which never end; their clients come back by themselves. Default: 5,000. */
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

/** Throws `SERVER_OPTION_INVALID`: a time that is none must not cut anybody at once. */
export function checkCloseOptions(options: CloseOptions): void {
  checkOptions(options, closeRules, (fault) => serverError('SERVER_OPTION_INVALID', `close(): ${fault}`));
}

/** What a stop works on. */
export interface StoppingServer {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly listeners: ReadonlySet<Listener>;
  readonly open: OpenConnections;
}

/** Runs the steps of a graceful stop: not ready, not accepting, the last answers, the deadline of each kind. */
export async function stopServer(server: StoppingServer, options: CloseOptions): Promise<void> {
  const { engine, clock, listeners, open } = server;
  // Neither the clock's timers nor a connection that is paused keep a process alive, and somebody waits for the end.
  const alive = setInterval(() => undefined, 2 ** 30);
  const { drainDelayMs = 0, drainIdleMs = 0, timeoutMs = 30_000 } = options;
  const { eventStreamTimeoutMs = 5000, tunnelTimeoutMs = 5000 } = options;
  if (drainDelayMs > 0) await new Promise<void>((resolve) => clock.schedule(drainDelayMs, resolve));

  engine.drainIdleMs = drainIdleMs;
  const deadlines = [
    clock.schedule(Math.min(tunnelTimeoutMs, timeoutMs), () => destroyAll(engine.tunnels)),
    clock.schedule(Math.min(eventStreamTimeoutMs, timeoutMs), () => {
      for (const connection of [...engine.connections]) if (connection.isEventStream) connection.abandon();
    }),
    clock.schedule(timeoutMs, () => cutAll(server)),
  ];
  await wholeTurn();
  await Promise.all([...listeners].map((listener) => listener.close()));
  for (const connection of [...engine.connections]) connection.shutdown();
  await open.emptied();
  for (const cancel of deadlines) cancel();
  clearInterval(alive);
}

/** Ends what is still under way. */
export function cutAll({ engine, open }: StoppingServer): void {
  for (const connection of [...engine.connections]) connection.abandon();
  destroyAll(open.served);
  destroyAll(open.arriving.values());
}

function destroyAll(connections: Iterable<Connection>): void {
  for (const connection of [...connections]) connection.destroy(serverError('SERVER_SHUTDOWN'));
}

/** Clients whose connection waits to be accepted believe that they are connected: what closes a listener resets them. */
function wholeTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
