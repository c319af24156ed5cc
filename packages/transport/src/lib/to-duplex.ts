import type { Duplex } from 'node:stream';
import type { Connection } from '@windhover/core';
import { ChannelDuplex } from './channel-duplex.ts';
import { SocketConnection } from './socket-connection.ts';

const made = new WeakMap<Connection, Duplex>();

/**
 * Hands a connection to code that wants a Node stream: TLS, `node:http2`, `node:http`, Express. A connection over a
 * socket gives that socket, at full speed, with unread bytes put back in front; others give a stream over the channel.
 * From then on read and write the stream only; of the connection, only `info`, `onClosed`, `destroy` and `reset` still
 * work. A second call gives the same stream.
 */
export function toDuplex(connection: Connection): Duplex {
  const known = made.get(connection);
  if (known !== undefined) return known;
  const socket = connection instanceof SocketConnection ? connection.handOver() : null;
  const duplex = socket ?? new ChannelDuplex(connection);
  made.set(connection, duplex);
  return duplex;
}
