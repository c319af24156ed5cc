import tls from 'node:tls';
import type { Connection } from '@windhover/core';
import { type ConnectAddress, connect, type SocketDriver, toDuplex } from '../src/index.ts';
import { watchEnd } from '../src/lib/node-internals.ts';
import { TlsConnection } from '../src/lib/tls-connection.ts';

/** The client's side of a TLS connection, as a `Connection`. */
export async function connectTls(
  address: ConnectAddress,
  driver: SocketDriver,
  options: tls.ConnectionOptions = {},
): Promise<Connection> {
  const raw = await connect(address);
  const duplex = toDuplex(raw);
  const socket = tls.connect({ socket: duplex, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'], ...options });
  const isTruncated = watchEnd(socket, duplex);
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('secureConnect', () =>
      resolve(new TlsConnection(driver, { socket, duplex, raw, clientCertificate: null, isTruncated })),
    );
  });
}
