import type { Socket } from 'node:net';
import type { ClientCertificateInfo, ConnectionInfo, TlsInfo } from '@windhover/core';

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
  /** `undefined` until somebody asks. */
  private certificate: ClientCertificateInfo | null | undefined = undefined;

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
    const socket = this.socket as SecureSocket;
    if (socket.encrypted !== true) return null;
    this.certificate ??= certificateOf(socket);
    return {
      protocol: socket.getProtocol?.() ?? '',
      cipher: socket.getCipher?.()?.name ?? '',
      serverName: socket.servername || null,
      alpnProtocol: socket.alpnProtocol || null,
      clientCertificate: this.certificate,
    };
  }
}

/** The parts of a `TLSSocket` that are used; a stand-in may lack some. */
type SecureSocket = Socket & {
  readonly encrypted?: boolean;
  readonly servername?: string | false;
  readonly alpnProtocol?: string | false | null;
  readonly authorized?: boolean;
  readonly authorizationError?: unknown;
  getProtocol?(): string | null;
  getCipher?(): { name: string } | undefined;
  getPeerX509Certificate?(): { readonly raw: Uint8Array } | undefined;
};

/** Node does not tell whether it has asked, so a client without a certificate counts as one that was not asked. */
function certificateOf(socket: SecureSocket): ClientCertificateInfo | null {
  const raw = socket.getPeerX509Certificate?.()?.raw;
  if (raw === undefined) return null;
  const { authorized, authorizationError: error } = socket;
  return {
    policy: '',
    raw,
    fault: authorized === true ? null : String((error as Error)?.message ?? error ?? 'unverified'),
  };
}

/** Turns an IPv4-mapped IPv6 address into plain IPv4, as everywhere in a `ConnectionInfo`. */
function plainAddress(address: string | undefined): string {
  return address === undefined ? '' : address.replace(/^::ffff:(?=\d+\.)/i, '');
}
