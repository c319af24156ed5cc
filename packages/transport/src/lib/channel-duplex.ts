import { Duplex } from 'node:stream';
import type { Connection } from '@windhover/core';

/**
 * A Node stream over a connection that has no socket, with the address properties of a socket. Backpressure works in
 * both directions.
 */
export class ChannelDuplex extends Duplex {
  readonly encrypted: boolean;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  private readonly connection: Connection;
  private isHeld = true;
  private hasEnded = false;
  private hasFinished = false;
  private written: (() => void) | null = null;

  constructor(connection: Connection) {
    super({ allowHalfOpen: true });
    const { tls, remoteAddress, remotePort, localAddress, localPort } = connection.info;
    this.encrypted = tls !== null;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
    this.localAddress = localAddress;
    this.localPort = localPort;
    this.connection = connection;
    this.on('error', () => undefined); // without a listener, an error would end the process
    connection.attach({
      data: (chunk) => this.receive(chunk),
      end: () => {
        this.hasEnded = true;
        this.push(null);
      },
      drain: () => this.release(),
      close: (error) => this.connectionClosed(error),
    });
    connection.pause(); // until somebody reads the stream
  }

  override _read(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.connection.resume();
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, callback: () => void): void {
    if (this.connection.write(chunk)) callback();
    else this.written = callback;
  }

  override _writev(chunks: readonly { readonly chunk: Uint8Array }[], callback: () => void): void {
    let isOpen = true;
    this.connection.cork();
    for (const { chunk } of chunks) isOpen = this.connection.write(chunk);
    this.connection.uncork();
    if (isOpen) callback();
    else this.written = callback;
  }

  override _final(callback: () => void): void {
    this.hasFinished = true;
    this.connection.end();
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    // Node destroys a stream as soon as both sides have ended, but written bytes may still be on their way.
    if (!this.isWhole(error)) this.connection.destroy(error ?? undefined);
    callback(error);
  }

  private receive(chunk: Uint8Array): void {
    if (this.push(Buffer.from(chunk)) || this.isHeld) return;
    this.isHeld = true;
    this.connection.pause();
  }

  private release(): void {
    const { written } = this;
    this.written = null;
    written?.();
  }

  /** After a complete exchange the stream closes by itself once its end has been read; any other close destroys it. */
  private connectionClosed(error: Error | undefined): void {
    if (!this.isWhole(error)) this.destroy(error);
  }

  private isWhole(error: Error | null | undefined): boolean {
    return !error && this.hasEnded && this.hasFinished;
  }
}
