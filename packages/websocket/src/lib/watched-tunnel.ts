import type { ChannelConsumer, Connection, ConnectionInfo } from '@windhover/core';
import { closePayload, encodeFrame } from './encode-frame.ts';
import { WebSocketError, type WebSocketErrorCode } from './errors.ts';
import { FrameScanner } from './frame-scanner.ts';
import { opcodes } from './opcodes.ts';
import { type KeptSocket, type SocketKeeper, toTicks } from './socket-keeper.ts';

/** Limits of a WebSocket connection that belongs to somebody else. */
export interface TunnelLimits {
  readonly maxMessageBytes: number | null;
  readonly idleMs: number | null;
  readonly maxAgeMs: number | null;
}

/** Is told what passes through. */
export interface TunnelObserver {
  /** A message has begun. */
  message(from: 'client' | 'server'): void;
  /** The connection is closed; with the code of the limit that has closed it. */
  closed(limit: WebSocketErrorCode | null): void;
}

/** Takes what nobody takes any more. */
const silent: ChannelConsumer = {
  data: () => undefined,
  end: () => undefined,
  drain: () => undefined,
  close: () => undefined,
};

/** A client connection whose WebSocket frames are watched on their way to and from an upstream. */
export class WatchedTunnel implements Connection, KeptSocket {
  readonly info: ConnectionInfo;
  onStopping: (() => void) | null = null;
  private readonly connection: Connection;
  private readonly limits: TunnelLimits;
  private readonly keeper: SocketKeeper<WatchedTunnel>;
  private readonly observer: TunnelObserver;
  private readonly incoming = new FrameScanner((...frame) => this.frameReceived(...frame));
  private readonly outgoing = new FrameScanner((opcode) => this.frameSent(opcode));
  private consumer: ChannelConsumer = silent;
  /** Bytes of the client's message under way. */
  private messageBytes = 0;
  private readonly openedAt: number;
  private messageAt: number;
  private limit: WebSocketErrorCode | null = null;

  constructor(
    connection: Connection,
    limits: TunnelLimits,
    keeper: SocketKeeper<WatchedTunnel>,
    observer: TunnelObserver,
  ) {
    this.connection = connection;
    this.info = connection.info;
    this.limits = limits;
    this.keeper = keeper;
    this.observer = observer;
    this.openedAt = this.messageAt = keeper.ticks;
    keeper.add(this);
    connection.onStopping = () => this.sayGoodbye();
    connection.onClosed(() => {
      keeper.delete(this);
      observer.closed(this.limit === 'WEBSOCKET_GOING_AWAY' ? null : this.limit);
    });
  }

  get pendingBytes(): number {
    return this.connection.pendingBytes;
  }

  attach(consumer: ChannelConsumer): void {
    this.consumer = consumer;
    this.connection.attach({
      data: (chunk) => this.received(chunk),
      end: () => this.ended(),
      drain: () => this.consumer.drain(),
      close: (error) => this.consumer.close(error),
    });
  }

  unread(bytes: Uint8Array): void {
    this.connection.unread(bytes);
  }

  write(chunk: string | Uint8Array, given?: boolean): boolean {
    if (this.limit !== null) return true; // the close frame was the last word
    this.scan(this.outgoing, typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk);
    return this.limit === null ? this.connection.write(chunk, given) : true;
  }

  cork(): void {
    this.connection.cork();
  }

  uncork(): void {
    this.connection.uncork();
  }

  pause(): void {
    this.connection.pause();
  }

  resume(): void {
    this.connection.resume();
  }

  end(): void {
    this.connection.end();
  }

  // After a limit, the client is being told, and the next tick ends the connection: the upstream that is gone must not cut that short.
  destroy(error?: Error): void {
    if (this.limit === null) this.connection.destroy(error);
  }

  reset(): void {
    if (this.limit === null) this.connection.reset();
  }

  onClosed(listener: (error?: Error) => void): void {
    this.connection.onClosed(listener);
  }

  /** The client has sent bytes. */
  received(chunk: Uint8Array): void {
    if (this.limit !== null) return;
    this.scan(this.incoming, chunk);
    if (this.limit === null) this.consumer.data(chunk);
  }

  private ended(): void {
    if (this.limit === null) this.consumer.end();
    else this.connection.destroy(new WebSocketError(this.limit)); // so that the log names the limit
  }

  /** The server stops. Who made the connection says so; a proxy cannot. In the middle of a frame nothing can be said. */
  private sayGoodbye(): void {
    if (this.onStopping !== null) this.onStopping();
    else if (this.outgoing.isBetween) this.exceed('WEBSOCKET_GOING_AWAY');
  }

  tick(): void {
    if (this.limit !== null) {
      this.connection.destroy(new WebSocketError(this.limit)); // it had a second to read the close frame
      return;
    }
    const now = this.keeper.ticks;
    if (now - this.openedAt >= toTicks(this.limits.maxAgeMs)) this.exceed('WEBSOCKET_TOO_OLD');
    else if (now - this.messageAt >= toTicks(this.limits.idleMs)) this.exceed('WEBSOCKET_IDLE');
  }

  private scan(scanner: FrameScanner, bytes: Uint8Array): void {
    try {
      scanner.read(bytes);
    } catch (error) {
      if (!(error instanceof WebSocketError)) throw error;
      this.exceed(error.code);
    }
  }

  private frameReceived(opcode: number, isFinal: boolean, length: number): void {
    if (opcode >= opcodes.close) return;
    if (opcode !== opcodes.continuation) this.messageBegun('client');
    this.messageBytes += length;
    const { maxMessageBytes } = this.limits;
    if (maxMessageBytes !== null && this.messageBytes > maxMessageBytes) this.exceed('WEBSOCKET_MESSAGE_TOO_LARGE');
    if (isFinal) this.messageBytes = 0;
  }

  private frameSent(opcode: number): void {
    if (opcode === opcodes.text || opcode === opcodes.binary) this.messageBegun('server');
  }

  private messageBegun(from: 'client' | 'server'): void {
    this.messageAt = this.keeper.ticks;
    this.observer.message(from);
  }

  /** Closes the connection: the client is told why, unless it is in the middle of a frame. The upstream sees a lost connection. */
  private exceed(limit: WebSocketErrorCode): void {
    if (this.limit !== null) return;
    const error = new WebSocketError(limit);
    const isTold = this.outgoing.isBetween;
    this.limit = limit;
    if (isTold) {
      this.connection.write(encodeFrame({ opcode: opcodes.close }, closePayload(error.closeCode, error.message)), true);
      this.connection.end();
    } else this.connection.destroy(error);
    const { consumer } = this;
    this.consumer = silent;
    consumer.close(error);
  }
}
