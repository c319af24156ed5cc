import type { Duplex } from 'node:stream';
import type { Connection } from '@windhover/core';
import { ChannelDuplex } from './channel-duplex.ts';
import { SocketConnection } from './socket-connection.ts';

const made = new WeakMap<Connection, Duplex>();

/**
 * Hands a connection to code that wants a Node stream: TLS, `node:http2`, `node:http`, Express. For a connection over a socket it is that
 * socket, at its full speed, with what was read and put back in front; for others a stream over the channel. From now on the stream is
 * what is read and written; of the connection only `info`, `onClosed`, `destroy` and `reset` go on working. Asked again, it gives the
 * same stream.
 */
export function toDuplex(connection: Connection): Duplex {
  const known = made.get(connection);
  if (known !== undefined) return known;
  const socket = connection instanceof SocketConnection ? connection.handOver() : null;
  const duplex = socket ?? new ChannelDuplex(connection);
  made.set(connection, duplex);
  return duplex;
}
