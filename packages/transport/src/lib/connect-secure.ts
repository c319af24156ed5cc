import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type Connection, systemClock } from '@windhover/core';
import { canBorrowTls } from './can-borrow.ts';
import type { ClientTls } from './client-tls.ts';
import { type ConnectOptions, connect } from './connect.ts';
import type { ConnectAddress } from './connect-address.ts';
import { TransportError } from './errors.ts';
import { nameAddress } from './listen-address.ts';
import { watchEnd } from './node-internals.ts';
import { nodeTls } from './node-tls.ts';
import type { SocketDriver } from './socket-connection.ts';
import { TlsConnection } from './tls-connection.ts';
import { toDuplex } from './to-duplex.ts';

export interface ConnectSecureOptions extends ConnectOptions {
  /** What is offered (RFC 7301); `info.tls` of the connection says which one the server chose. Default: `['http/1.1']`. */
  readonly alpnProtocols?: readonly string[];
}

/**
 * Opens a connection and does the client's side of a TLS handshake. `timeoutMs` is for both. Rejects with a
 * `TransportError`: `TRANSPORT_TLS_HANDSHAKE_FAILED` names the reason, for instance a certificate for another name.
 */
export async function connectSecure(
  address: ConnectAddress,
  tls: ClientTls,
  { alpnProtocols = ['http/1.1'], ...options }: ConnectSecureOptions = {},
): Promise<Connection> {
  const startedAt = performance.now();
  const raw = await connect(address, options);
  const driver = (await canBorrowTls()) ? 'borrow' : 'data';
  const { timeoutMs = 10_000, signal } = options;
  const leftMs = timeoutMs === null ? null : Math.max(1, timeoutMs - (performance.now() - startedAt));
  return new Promise((resolve, reject) => {
    const duplex = toDuplex(raw);
    const host = 'host' in address ? address.host : 'localhost';
    const name = tls.serverName ?? host;
    const { session } = tls;
    const socket: TLSSocket = nodeTls().connect({
      socket: duplex,
      secureContext: tls.context(),
      rejectUnauthorized: tls.verifies,
      ALPNProtocols: [...alpnProtocols],
      host: name, // what the certificate must be for
      ...(isIP(name) === 0 ? { servername: name } : {}), // RFC 6066 §3: SNI holds no addresses
      ...(session === undefined ? {} : { session }),
    });
    const isTruncated = watchEnd(socket, duplex);
    socket.on('session', (latest) => {
      tls.session = latest;
    });
    let isOver = false;
    const settle = (): boolean => {
      if (isOver) return false;
      isOver = true;
      stopTimer();
      signal?.removeEventListener('abort', abort);
      return true;
    };
    const fail = (error: TransportError): void => {
      if (!settle()) return;
      tls.session = undefined; // a server that was restarted may choke on it
      socket.destroy();
      raw.destroy(error);
      reject(error);
    };
    const where = nameAddress(address);
    const failed = (error: Error): void => fail(secureError(where, name, error));
    const abort = (): void =>
      fail(new TransportError('TRANSPORT_CONNECT_FAILED', `${where}: given up`, signal?.reason));
    const late = (): void => fail(new TransportError('TRANSPORT_CONNECT_TIMEOUT', `${where}, after ${timeoutMs} ms`));
    const stopTimer = leftMs === null ? () => undefined : systemClock.schedule(leftMs, late);
    signal?.addEventListener('abort', abort, { once: true });
    socket.on('error', failed); // stays afterwards, doing nothing: an error without a listener ends the process
    const goneAway = (): void => failed(new Error('the server closed the connection'));
    socket.once('close', goneAway).once('end', goneAway);
    socket.once('secureConnect', () => {
      if (settle()) resolve(secured(driver, { socket, duplex, raw, clientCertificate: null, isTruncated }));
    });
    if (signal?.aborted === true) abort();
  });
}

function secured(driver: SocketDriver, secure: ConstructorParameters<typeof TlsConnection>[1]): Connection {
  return new TlsConnection(driver, secure);
}

const reasons: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed: give it as ca',
  SELF_SIGNED_CERT_IN_CHAIN: 'the root of its certificate is not known here: give it as ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the issuer of its certificate is not known here: give it as ca',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the issuer of its certificate is not known here: give it as ca',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS',
  ECONNRESET: 'it closed the connection within the handshake',
};

function secureError(where: string, name: string, error: NodeJS.ErrnoException): TransportError {
  const { code = '' } = error;
  const why =
    code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? `its certificate is not for ${JSON.stringify(name)}` : reasons[code];
  return new TransportError('TRANSPORT_TLS_HANDSHAKE_FAILED', `${where}: ${why ?? error.message.trim()}`, error);
}
