import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Handler, HttpContext, Logger } from '@windhover/core';
import { connectError } from './errors.ts';
import { type FromConnectOptions, fromConnect } from './from-connect.ts';
import { HostedUpgrade } from './hosted-upgrade.ts';

/** The members used of a server of `node:http`. */
export interface NodeServer {
  readonly listening?: boolean;
  emit(event: 'request', request: IncomingMessage, response: ServerResponse): boolean;
  emit(event: 'upgrade', request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  listenerCount(event: string): number;
}

/**
 * Runs a server of `node:http` that does not listen: its `request` listeners answer requests, and its `upgrade` listeners get upgrades, for
 * `ws`, Socket.IO and other libraries that take the server. As in `node:http`, upgrades are ordinary requests while there is no listener for
 * them. Throws `CONNECT_SERVER_INVALID` and `CONNECT_OPTION_INVALID`.
 */
export function fromNodeServer(server: NodeServer, options: FromConnectOptions = {}): Handler<HttpContext> {
  if (typeof server?.emit !== 'function' || typeof server.listenerCount !== 'function')
    throw connectError('CONNECT_SERVER_INVALID', `got ${server === null ? 'null' : typeof server}`);
  if (server.listening === true)
    throw connectError('CONNECT_SERVER_INVALID', 'it listens already, leave server.listen() out');
  const handle = fromConnect((request, response) => server.emit('request', request, response), options);
  return withUpgrades(server, handle, options.log ?? console);
}

/** Gives upgrades to the `upgrade` listeners of a server if it has any, and everything else to `handle`. `log` hears of listeners that throw after their answer. */
export function withUpgrades(
  server: Pick<NodeServer, 'emit' | 'listenerCount'>,
  handle: Handler<HttpContext>,
  log: Logger,
): Handler<HttpContext> {
  return (context) => {
    if (context.request.upgrade === null || server.listenerCount('upgrade') === 0) return handle(context);
    return new HostedUpgrade(context, log).run((request, socket, head) =>
      server.emit('upgrade', request, socket, head),
    );
  };
}
