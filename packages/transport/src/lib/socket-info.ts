import type { Server, Socket } from 'node:net';
import type { ConnectionInfo, TlsInfo } from '@windhover/core';
import { nextConnectionId } from './connection-id.ts';

/** One address and port of this machine. */
export interface LocalAddress {
  readonly address: string;
  readonly port: number;
}

/** What every connection of a server has as its local address; `null` where they differ: it listens on all addresses, or on none. */
export function commonLocalAddress(server: Server): LocalAddress | null {
  const bound = server.address();
  if (bound === null || typeof bound === 'string' || bound.address === '::' || bound.address === '0.0.0.0') return null;
  return { address: plainAddress(bound.address), port: bound.port };
}

/** Addresses of a connected socket. Asked of the system at once: a socket that is closed does not know them any more. */
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
   * @param socket one that is connected; for one that is not yet, `read` comes later
   */
  constructor(path: string | null, socket?: Socket) {
    this.transport = path === null ? 'tcp' : 'unix';
    this.localAddress = path ?? '';
    if (socket !== undefined) this.read(socket);
  }

  /** @param local the address that is listened on, where it is one and not all: then the system need not be asked */
  read(socket: Socket, local: LocalAddress | null = null): void {
    if (this.transport === 'unix') return;
    this.remoteAddress = plainAddress(socket.remoteAddress);
    this.remotePort = socket.remotePort ?? 0;
    this.localAddress = local?.address ?? plainAddress(socket.localAddress);
    this.localPort = local?.port ?? socket.localPort ?? 0;
  }
}

/** A dual-stack socket shows IPv4 peers as `::ffff:192.0.2.1`: one address, one spelling. */
function plainAddress(address: string | undefined): string {
  if (address === undefined) return '';
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
