import type { Connection, ConnectionInfo } from '@windhover/core';
import { SocketStandIn } from './socket-stand-in.ts';

/** Receives what an application writes to its socket before the connection is its own. */
export interface TunnelSocketOwner {
  /** Bytes were written. Call `written` when more may come. */
  wrote(bytes: Buffer, written: () => void): void;
  /** The application has ended its side. */
  ended(): void;
  socketDestroyed(error: Error | null): void;
  socketTimedOut(): boolean;
}

/**
 * The socket that a hosted application gets with an `upgrade` event. It first takes the answer that the application writes. After a 101 it
 * carries the connection, with backpressure both ways.
 */
export class TunnelSocket extends SocketStandIn {
  private readonly target: TunnelSocketOwner;
  private connection: Connection | null = null;
  private isHeld = false;
  /** Whether the application waits for bytes. */
  private isWanted = false;
  private written: (() => void) | null = null;
  private hasEnded = false;
  private hasFinished = false;

  constructor(info: ConnectionInfo, owner: TunnelSocketOwner) {
    super(info, owner);
    this.target = owner;
    this.on('error', () => undefined); // without a listener, an error would end the process
  }

  /** From now on the socket carries this connection. */
  carry(connection: Connection): void {
    this.connection = connection;
    connection.attach({
      data: (chunk) => this.receive(chunk),
      end: () => {
        this.hasEnded = true;
        this.push(null);
      },
      drain: () => this.release(),
      close: (error) => this.connectionClosed(error),
    });
    if (this.hasFinished) connection.end();
    if (this.isWanted) return;
    this.isHeld = true;
    connection.pause();
  }

  override _read(): void {
    this.isWanted = true;
    if (!this.isHeld) return;
    this.isHeld = false;
    this.connection!.resume();
  }

  override _write(chunk: Buffer | string, encoding: string, callback: () => void): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding) : chunk;
    this.wrote(bytes.length);
    if (this.connection === null) this.target.wrote(bytes, callback);
    else if (this.connection.write(bytes)) callback();
    else this.written = callback;
  }

  override _writev(chunks: { chunk: Buffer | string; encoding: BufferEncoding }[], callback: () => void): void {
    const pieces = chunks.map(({ chunk, encoding }) =>
      typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk,
    );
    this._write(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces), 'buffer', callback);
  }

  override _final(callback: () => void): void {
    this.hasFinished = true;
    if (this.connection === null) this.target.ended();
    else this.connection.end();
    callback();
    this.closeIfWhole();
  }

  override _destroy(error: Error | null, callback: (error: null) => void): void {
    if (!(this.hasEnded && this.hasFinished)) this.connection?.destroy(error ?? undefined);
    this.release();
    super._destroy(error, callback);
  }

  /** Ends the socket once everything written has left, as a socket of Node does. */
  override destroySoon(): void {
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy()).end();
  }

  private receive(chunk: Uint8Array): void {
    this.received(chunk.byteLength);
    if (this.push(Buffer.from(chunk)) || this.isHeld) return;
    this.isWanted = false;
    this.isHeld = true;
    this.connection!.pause();
  }

  private release(): void {
    const { written } = this;
    this.written = null;
    written?.();
  }

  private connectionClosed(error: Error | undefined): void {
    if (error === undefined && this.hasEnded) {
      this.hasFinished = true;
      if (this.readableEnded) this.destroy();
      else this.once('end', () => this.destroy());
      return;
    }
    this.destroy(error);
  }

  private closeIfWhole(): void {
    if (this.hasEnded && this.readableEnded && this.connection === null) this.destroy();
  }
}
