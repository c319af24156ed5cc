import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { ClientCertificateInfo, Connection, ConnectionInfo, TlsInfo } from '@windhover/core';
import { TransportError } from './errors.ts';
import { readTlsInto } from './node-internals.ts';
import { canonicalServerName } from './server-name.ts';
import { SocketConnection, type SocketDriver } from './socket-connection.ts';

/** The result of a handshake. */
export interface SecureSocket {
  readonly socket: TLSSocket;
  /** The stream with the encrypted bytes, and the connection it came from. */
  readonly duplex: Duplex;
  readonly raw: Connection;
  /** `null`: the client was not asked for one. */
  readonly clientCertificate: ClientCertificateInfo | null;
  /** Whether the peer ended without `close_notify`. */
  isTruncated(): boolean;
}

/** A connection over a `TLSSocket` after its handshake. Create it in the same turn: bytes may follow at once. */
export class TlsConnection extends SocketConnection {
  private readonly secure: SecureSocket;

  constructor(driver: SocketDriver, secure: SecureSocket) {
    const { socket, raw } = secure;
    super(driver, secureInfo(raw.info, secure), (onread) => {
      if (onread !== undefined) readTlsInto(socket, onread);
      return socket;
    });
    this.secure = secure;
    socket.pause(); // the handshake was reading
    // Alerts and bad records. They come as 'error' only where the socket's control could be taken over.
    socket.on('_tlsError', (error: Error) => this.destroy(error));
  }

  /**
   * RFC 8446 §6.1: without `close_notify`, anybody on the way may have cut the connection, so this end cannot be
   * trusted.
   */
  protected override socketEnded(): void {
    if (!this.secure.isTruncated()) super.socketEnded();
    else this.receivedEnd(new TransportError('TRANSPORT_TLS_TRUNCATED', 'the peer closed without close_notify'));
  }

  /** A TLS socket cannot be reset, so the connection below it is. */
  protected override resetSocket(): void {
    const { duplex, raw, socket } = this.secure;
    raw.reset();
    if (!duplex.destroyed) duplex.destroy();
    socket.destroy();
  }
}

function secureInfo(info: ConnectionInfo, secure: SecureSocket): ConnectionInfo {
  const { id, transport, remoteAddress, remotePort, localAddress, localPort, proxied } = info;
  const addresses = { remoteAddress, remotePort, localAddress, localPort };
  return { id, transport, ...addresses, tls: tlsInfo(secure), ...(proxied === undefined ? {} : { proxied }) };
}

function tlsInfo({ socket, clientCertificate }: SecureSocket): TlsInfo {
  const { servername } = socket as { servername?: string | false | null };
  return {
    protocol: socket.getProtocol() ?? '',
    cipher: socket.getCipher().name,
    serverName: typeof servername === 'string' ? canonicalServerName(servername) : null,
    alpnProtocol: socket.alpnProtocol || null,
    isResumed: socket.isSessionReused(),
    ...(clientCertificate === null ? {} : { clientCertificate }),
  };
}
