import type { Server, Socket } from 'node:net';
import type { ConnectionInfo, TlsInfo } from '@windhover/core';
import { nextConnectionId } from './connection-id.ts';

/** An address and port of this machine. */
export interface LocalAddress {
  readonly address: string;
  readonly port: number;
}

/**
 * The local address that all connections of a server share; `null` if they can differ (it listens on all addresses) or
 * have none.
 */
export function commonLocalAddress(server: Server): LocalAddress | null {
  const bound = server.address();
  if (bound === null || typeof bound === 'string' || bound.address === '::' || bound.address === '0.0.0.0') return null;
  return { address: plainAddress(bound.address), port: bound.port };
}

/** The addresses of a connected socket, read at once: a closed socket does not know them any more. */
export class SocketInfo implements ConnectionInfo {
  readonly id: number = nextConnectionId();
  readonly transport: 'tcp' | 'unix';
  readonly tls: TlsInfo | null = null;
  remoteAddress = '';
  remotePort = 0;
  localAddress: string;
  localPort = 0;

  /**
   * @param path the socket file of a Unix connection, `null` for TCP
   * @param socket a connected socket; if it is not connected yet, call `read` later
   */
  constructor(path: string | null, socket?: Socket) {
    this.transport = path === null ? 'tcp' : 'unix';
    this.localAddress = path ?? '';
    if (socket !== undefined) this.read(socket);
  }

  /** @param local the address listened on, if it is a single one: saves asking the system */
  read(socket: Socket, local: LocalAddress | null = null): void {
    if (this.transport === 'unix') return;
    this.remoteAddress = plainAddress(socket.remoteAddress);
    this.remotePort = socket.remotePort ?? 0;
    this.localAddress = local?.address ?? plainAddress(socket.localAddress);
    this.localPort = local?.port ?? socket.localPort ?? 0;
  }
}

/** A dual-stack socket shows an IPv4 peer as `::ffff:192.0.2.1`; we use the IPv4 form only. */
function plainAddress(address: string | undefined): string {
  if (address === undefined) return '';
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
