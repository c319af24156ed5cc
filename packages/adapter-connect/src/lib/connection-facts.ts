import type { Socket } from 'node:net';
import type { ConnectionInfo, TlsInfo } from '@windhover/core';

const facts = Symbol('windhover.facts');
let connections = 0;

/** The facts of a socket: every request on the socket gets the same object. */
export function connectionFacts(socket: Socket): ConnectionInfo {
  const known = socket as Socket & { [facts]?: ConnectionInfo };
  known[facts] ??= new SocketFacts(socket);
  return known[facts];
}

/** Reads each fact from the socket only when somebody asks for it: most requests need none. */
class SocketFacts implements ConnectionInfo {
  readonly id = ++connections;
  private readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  get transport(): 'tcp' | 'unix' {
    return this.socket.localAddress === undefined ? 'unix' : 'tcp';
  }

  get remoteAddress(): string {
    return plainAddress(this.socket.remoteAddress);
  }

  get remotePort(): number {
    return this.socket.remotePort ?? 0;
  }

  get localAddress(): string {
    return plainAddress(this.socket.localAddress);
  }

  get localPort(): number {
    return this.socket.localPort ?? 0;
  }

  get tls(): TlsInfo | null {
    const socket = this.socket as Socket & {
      encrypted?: boolean;
      servername?: string | false;
      alpnProtocol?: string | false | null;
      getProtocol?(): string | null;
      getCipher?(): { name: string } | undefined;
    };
    if (socket.encrypted !== true) return null;
    return {
      protocol: socket.getProtocol?.() ?? '',
      cipher: socket.getCipher?.()?.name ?? '',
      serverName: socket.servername || null,
      alpnProtocol: socket.alpnProtocol || null,
    };
  }
}

/** Turns an IPv4-mapped IPv6 address into plain IPv4, as everywhere in a `ConnectionInfo`. */
function plainAddress(address: string | undefined): string {
  return address === undefined ? '' : address.replace(/^::ffff:(?=\d+\.)/i, '');
}
