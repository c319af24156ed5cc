import { Duplex } from 'node:stream';
import type { ConnectionInfo } from '@windhover/core';
import { connectError } from './errors.ts';

/** Who answers on this socket. */
export interface SocketOwner {
  socketDestroyed(error: Error | null): void;
  /** Tells request and response; says whether either listened. */
  socketTimedOut(): boolean;
}

/**
 * What a hosted application sees as `request.socket`: the facts of the connection, events, timeouts and `destroy()`. One for each
 * request, since the connection itself belongs to the server.
 */
export class SocketStandIn extends Duplex {
  readonly connecting = false;
  readonly pending = false;
  /** Milliseconds of silence before `'timeout'`; 0 is never. */
  timeout = 0;
  /** Bytes of the request's body so far: the connection is the server's. */
  bytesRead = 0;
  /** Bytes of the answer's body so far. */
  bytesWritten = 0;
  private readonly info: ConnectionInfo;
  private owner: SocketOwner;
  private timer: NodeJS.Timeout | null = null;
  private isEncrypted: boolean | undefined;

  constructor(info: ConnectionInfo, owner: SocketOwner) {
    super({ autoDestroy: false });
    this.info = info;
    this.owner = owner;
    this.isEncrypted = info.tls === null ? undefined : true;
  }

  get readyState(): 'open' | 'closed' {
    return this.destroyed ? 'closed' : 'open';
  }

  get remoteAddress(): string | undefined {
    return this.info.remoteAddress || undefined;
  }

  get remotePort(): number | undefined {
    return this.info.remoteAddress === '' ? undefined : this.info.remotePort;
  }

  get remoteFamily(): 'IPv4' | 'IPv6' | undefined {
    return family(this.info.remoteAddress);
  }

  get localAddress(): string {
    return this.info.localAddress;
  }

  get localPort(): number {
    return this.info.localPort;
  }

  get localFamily(): 'IPv4' | 'IPv6' | undefined {
    return family(this.info.localAddress);
  }

  /** Frameworks ask for it to tell `https:` from `http:`, and some set it. Absent without TLS, as on a plain socket. */
  get encrypted(): boolean | undefined {
    return this.isEncrypted;
  }

  set encrypted(value: boolean | undefined) {
    this.isEncrypted = value;
  }

  get servername(): string | false {
    return this.info.tls?.serverName ?? false;
  }

  get alpnProtocol(): string | false {
    return this.info.tls?.alpnProtocol ?? false;
  }

  getProtocol(): string | null {
    return this.info.tls?.protocol ?? null;
  }

  address(): { address: string; port: number; family: 'IPv4' | 'IPv6' | undefined } {
    return { address: this.localAddress, port: this.localPort, family: this.localFamily };
  }

  setTimeout(timeoutMs: number, listener?: () => void): this {
    if (listener !== undefined) this.once('timeout', listener);
    this.timeout = timeoutMs;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = timeoutMs > 0 ? setTimeout(() => this.timedOut(), timeoutMs).unref() : null;
    return this;
  }

  /** The exchange is over. A stream lives longer than it is used, in Node 26: it must not keep everything else. */
  letGo(): void {
    this.owner = nobody;
  }

  received(bytes: number): void {
    this.bytesRead += bytes;
    this.timer?.refresh(); // the silence begins anew
  }

  wrote(bytes: number): void {
    this.bytesWritten += bytes;
    this.timer?.refresh();
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {
    // Nothing arrives here: the request is read by the server.
  }

  /** Without an `'error'` event, which nobody listens for here: it would end the process. */
  override _write(_chunk: unknown, _encoding: string, callback: () => void): void {
    callback();
    this.destroy(connectError('CONNECT_SOCKET_WRITE'));
  }

  override _final(callback: () => void): void {
    callback();
    this.destroy();
  }

  destroySoon(): void {
    this.destroy();
  }

  resetAndDestroy(): this {
    return this.destroy();
  }

  override _destroy(error: Error | null, callback: (error: null) => void): void {
    this.setTimeout(0);
    this.owner.socketDestroyed(error);
    callback(null); // nobody listens for 'error' here, as on the sockets of node:http
  }

  private timedOut(): void {
    this.emit('timeout');
    if (!this.owner.socketTimedOut()) this.destroy();
  }
}

const nobody: SocketOwner = { socketDestroyed: () => undefined, socketTimedOut: () => true };

function family(address: string): 'IPv4' | 'IPv6' | undefined {
  if (address.includes(':')) return 'IPv6';
  return /^\d/.test(address) ? 'IPv4' : undefined;
}
