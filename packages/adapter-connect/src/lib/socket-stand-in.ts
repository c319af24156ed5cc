import { X509Certificate } from 'node:crypto';
import { Duplex } from 'node:stream';
import type { ConnectionInfo } from '@windhover/core';
import { connectError } from './errors.ts';

/** Handles the events of this socket. */
export interface SocketOwner {
  socketDestroyed(error: Error | null): void;
  /** Emits the timeout on request and response; returns whether either has a listener. */
  socketTimedOut(): boolean;
}

/**
 * The `request.socket` of a hosted application: connection facts, events, timeouts and `destroy()`. Each request has its own, since the
 * connection itself belongs to the server.
 */
export class SocketStandIn extends Duplex {
  readonly connecting = false;
  readonly pending = false;
  /** Milliseconds of silence before `'timeout'`; 0 means never. */
  timeout = 0;
  /** Bytes of this request's body so far, not of the whole connection, which the server owns. */
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

  /** Frameworks read this to tell `https:` from `http:`, and some set it. Undefined without TLS, as on a plain socket. */
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

  /** Whether the client showed a certificate that was accepted. Undefined without TLS, as on a plain socket. */
  get authorized(): boolean | undefined {
    const { tls } = this.info;
    return tls === null ? undefined : tls.clientCertificate?.raw != null && tls.clientCertificate.fault === null;
  }

  /** Why not; `null` without TLS or if it was accepted. */
  get authorizationError(): string | null {
    const { tls } = this.info;
    if (tls === null || this.authorized === true) return null;
    return tls.clientCertificate?.fault ?? 'UNABLE_TO_GET_ISSUER_CERT'; // as Node says for a client without one
  }

  getPeerX509Certificate(): X509Certificate | undefined {
    const raw = this.info.tls?.clientCertificate?.raw;
    return raw == null ? undefined : new X509Certificate(raw);
  }

  /** As Node has it: an empty object if there is none. */
  getPeerCertificate(): object {
    return this.getPeerX509Certificate()?.toLegacyObject() ?? {};
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

  /** The exchange is over. Node 26 keeps a finished stream alive for a while, so the stream must not hold on to the exchange. */
  letGo(): void {
    this.owner = nobody;
  }

  received(bytes: number): void {
    this.bytesRead += bytes;
    this.timer?.refresh(); // restarts the timeout
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
    // Nothing to read: the server reads the request.
  }

  /** Destroys the socket without an `'error'` event: nobody listens for it here, so it would end the process. */
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
    callback(null); // no 'error' event without listeners, as on the sockets of `node:http`
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
