import type { Channel, Logger } from '@windhover/core';
import { isSendableCloseCode } from './close-code.ts';
import { closePayload, encodeFrame, encodeMaskedFrame, headText } from './encode-frame.ts';
import { optionError, WebSocketError, type WebSocketErrorCode } from './errors.ts';
import { Inbox } from './inbox.ts';
import type { MessageCodec } from './message-codec.ts';
import { opcodes } from './opcodes.ts';
import { SocketEventTarget } from './socket-event-target.ts';
import { type KeptSocket, type SocketKeeper, tickMs, toTicks } from './socket-keeper.ts';
import { SocketReader, type SocketReaderOwner } from './socket-reader.ts';
import type { WebSocketCloseEvent, WebSocketConnection, WebSocketData } from './websocket-connection.ts';
import type { WebSocketLimits } from './websocket-options.ts';

/** What a connection is made with. */
export interface SocketSettings {
  readonly role: 'client' | 'server';
  readonly limits: Required<WebSocketLimits>;
  readonly protocol: string;
  readonly extensions: string;
  /** `null` without compression. */
  readonly codec: MessageCodec | null;
  /** Smaller messages are not compressed. */
  readonly thresholdBytes: number;
  readonly log: Logger;
  readonly keeper: SocketKeeper<Socket>;
}

const states = { open: 1, closing: 2, closed: 3 } as const;
const nothing = Buffer.alloc(0);

/** One side of a connection, over a channel that carries its frames. */
export class Socket extends SocketEventTarget implements WebSocketConnection, SocketReaderOwner, KeptSocket {
  readonly protocol: string;
  readonly extensions: string;
  binaryType: 'uint8array' | 'arraybuffer' = 'uint8array';
  private readonly channel: Channel;
  private readonly settings: SocketSettings;
  private readonly reader: SocketReader;
  private readonly inbox: Inbox;
  private state: 1 | 2 | 3 = states.open;
  private isHeld = false;
  /** What the peer's close frame said. */
  private peerClose: { readonly code: number; readonly reason: string } | null = null;
  private failure: WebSocketError | null = null;
  private readonly openedAt: number;
  private heardAt: number;
  private messageAt: number;
  private closingAt = 0;
  private isPinged = false;
  /** Pings of the peer since the last tick. */
  private pings = 0;
  /** Whether the channel has said to wait, and will say when to go on. */
  private owesDrain = false;
  private drainWaiters: (() => void)[] = [];
  private closeWaiters: ((event: WebSocketCloseEvent) => void)[] = [];
  private closeEvent: WebSocketCloseEvent | null = null;

  constructor(channel: Channel, settings: SocketSettings) {
    super(settings.log);
    const { role, limits, codec, keeper } = settings;
    this.channel = channel;
    this.settings = settings;
    this.protocol = settings.protocol;
    this.extensions = settings.extensions;
    this.openedAt = this.heardAt = this.messageAt = keeper.ticks;
    const { maxMessageBytes, maxFragments } = limits;
    const inflate = codec === null ? null : (bytes: Uint8Array) => codec.inflate(bytes);
    const from = role === 'server' ? 'client' : 'server';
    this.reader = new SocketReader({ from, maxMessageBytes, maxFragments, inflate }, this);
    this.inbox = new Inbox(
      (data) => this.tell('message', { type: 'message', data, target: this }),
      () => this.updateReading(),
    );
    keeper.add(this);
    channel.attach(this.reader);
  }

  get readyState(): 1 | 2 | 3 {
    return this.state;
  }

  get bufferedAmount(): number {
    return this.channel.pendingBytes;
  }

  get isReading(): boolean {
    return this.peerClose === null && this.failure === null && this.state !== states.closed;
  }

  /** Connections of the same key can be sent the same frame; `null` if every one needs its own. */
  get frameKey(): string | null {
    const { role, codec } = this.settings;
    if (role === 'client') return null;
    return codec === null ? '' : codec.sharedKey;
  }

  send(data: string | ArrayBuffer | ArrayBufferView): boolean {
    if (this.state !== states.open) return false;
    this.messageAt = this.settings.keeper.ticks;
    const payload = typeof data === 'string' ? data : toBytes(data);
    const length = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.byteLength;
    const isAscii = typeof payload === 'string' && payload.length === length;
    if (isAscii && this.settings.role === 'server' && !this.isCompressed(length))
      return this.write(headText(opcodes.text, length) + payload); // a channel sends a string as latin1
    return this.write(this.encodeMessage(payload, length));
  }

  /** Returns the frame of a message, as this connection needs it. */
  encodeMessage(payload: string | Uint8Array, length: number): Buffer {
    const { codec } = this.settings;
    const opcode = typeof payload === 'string' ? opcodes.text : opcodes.binary;
    if (!this.isCompressed(length)) return this.encode(opcode, payload);
    return this.encode(opcode, codec!.deflate(typeof payload === 'string' ? Buffer.from(payload) : payload), true);
  }

  /** Sends a frame that others are sent too. It must not change any more. */
  sendFrame(frame: Buffer): boolean {
    if (this.state !== states.open) return false;
    this.messageAt = this.settings.keeper.ticks;
    return this.write(frame);
  }

  drained(): Promise<void> {
    if (this.state === states.closed || !this.owesDrain) return Promise.resolve();
    return new Promise((resolve) => this.drainWaiters.push(resolve));
  }

  closed(): Promise<WebSocketCloseEvent> {
    if (this.closeEvent !== null) return Promise.resolve(this.closeEvent);
    return new Promise((resolve) => this.closeWaiters.push(resolve));
  }

  ping(data: string | Uint8Array = nothing): void {
    if (this.state !== states.open) return;
    const bytes = Buffer.from(data as string);
    if (bytes.length > 125) throw optionError(`ping(): expected at most 125 bytes, found ${bytes.length}`);
    this.write(this.encode(opcodes.ping, bytes));
  }

  close(code?: number, reason = ''): void {
    if (code !== undefined && !(Number.isInteger(code) && isSendableCloseCode(code)))
      throw optionError(`close(): expected a code that may be sent, such as 1000 or 3000 to 4999, found ${code}`);
    if (Buffer.byteLength(reason) > 123) throw optionError('close(): expected a reason of at most 123 bytes');
    if (this.state === states.open) this.beginClosing(code === undefined ? nothing : closePayload(code, reason));
  }

  terminate(): void {
    this.reader.stop();
    this.channel.destroy();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<WebSocketData, undefined> {
    const next = this.inbox.loop();
    if (this.state === states.closed) this.inbox.end();
    try {
      for (let result = await next(); !result.done; result = await next()) yield result.value;
    } finally {
      this.close(1000); // if the loop was left early
    }
    return undefined;
  }

  batchBegun(): void {
    this.heardAt = this.settings.keeper.ticks;
    this.isPinged = false;
    this.channel.cork();
  }

  batchEnded(unread: Uint8Array | null): void {
    this.channel.uncork();
    if (unread !== null) this.channel.unread(unread);
  }

  messageReceived(data: string | Buffer): void {
    if (this.state !== states.open) return; // as in browsers
    this.messageAt = this.settings.keeper.ticks;
    const isBuffer = typeof data !== 'string' && this.binaryType === 'arraybuffer';
    this.inbox.receive(isBuffer ? toArrayBuffer(data) : data);
  }

  pingReceived(payload: Buffer): void {
    const { maxPingsPerSecond } = this.settings.limits;
    this.pings += 1;
    if (this.pings > maxPingsPerSecond)
      throw new WebSocketError('WEBSOCKET_TOO_MANY_PINGS', `over ${maxPingsPerSecond} in a second`);
    if (this.state === states.open) this.write(this.encode(opcodes.pong, payload));
    this.tellControl('ping', payload);
  }

  pongReceived(payload: Buffer): void {
    this.tellControl('pong', payload);
  }

  closeReceived(code: number, reason: string): void {
    this.peerClose = { code, reason };
    if (this.state === states.open) this.beginClosing(code === 1005 ? nothing : closePayload(code, ''));
    // RFC 6455 §7.1.1: the server ends the connection first.
    if (this.settings.role === 'server') this.channel.end();
  }

  peerEnded(): void {
    if (this.failure === null) this.channel.end();
    else this.channel.destroy(this.failure); // so that the log names the limit
  }

  channelDrained(): void {
    this.owesDrain = false;
    for (const resolve of this.drainWaiters.splice(0)) resolve();
    if (this.hasListener('drain')) this.tell('drain', { type: 'drain', target: this });
  }

  channelClosed(cause: Error | undefined): void {
    if (this.state === states.closed) return;
    const { failure, peerClose, settings } = this;
    this.state = states.closed;
    this.reader.stop();
    settings.codec?.close();
    settings.keeper.delete(this);
    this.inbox.end();
    if (failure !== null) this.tell('error', { type: 'error', error: failure, message: failure.message, target: this });
    const how = failure ?? peerClose ?? new WebSocketError('WEBSOCKET_CONNECTION_LOST', cause?.message);
    const code = how instanceof WebSocketError ? how.closeCode : how.code;
    const reason = how instanceof WebSocketError ? how.message : how.reason;
    const wasClean = failure === null && peerClose !== null;
    this.closeEvent = { type: 'close', code, reason, wasClean, target: this };
    this.tell('close', this.closeEvent);
    for (const resolve of this.drainWaiters.splice(0)) resolve();
    for (const resolve of this.closeWaiters.splice(0)) resolve(this.closeEvent);
  }

  fail(error: WebSocketError): void {
    if (this.failure !== null || this.state === states.closed) return;
    this.failure = error;
    this.reader.stop();
    if (this.state === states.open && error.closeCode !== 1006)
      this.beginClosing(closePayload(error.closeCode, error.message.slice(0, 120)));
    if (this.state === states.closing) this.channel.end();
    else this.channel.destroy(error);
  }

  tick(): void {
    const { limits, keeper } = this.settings;
    const now = keeper.ticks;
    this.pings = 0;
    if (this.state === states.closing) {
      if (now - this.closingAt < toTicks(limits.closeTimeoutMs)) return;
      if (this.peerClose === null) this.failure ??= new WebSocketError('WEBSOCKET_CLOSE_TIMEOUT');
      this.channel.destroy(this.failure ?? undefined);
    } else if (now - this.openedAt >= toTicks(limits.maxAgeMs)) this.failWith('WEBSOCKET_TOO_OLD');
    else if (now - this.messageAt >= toTicks(limits.idleMs)) this.failWith('WEBSOCKET_IDLE');
    else if (now - this.heardAt >= toTicks(limits.heartbeatMs)) this.checkPeer(now);
  }

  /** Nothing was heard for a while: sends a ping, or gives the peer up if it did not answer the last one. */
  private checkPeer(now: number): void {
    // While messages wait here, nothing is read, not even a pong. But a ping to a peer that is gone fails.
    if (this.isPinged && !this.isHeld) {
      this.failWith('WEBSOCKET_PEER_SILENT', `for ${((now - this.heardAt) * tickMs) / 1000} s`);
      return;
    }
    this.ping();
    this.isPinged = true;
    this.heardAt = now;
  }

  private failWith(code: WebSocketErrorCode, detail = ''): void {
    this.fail(new WebSocketError(code, detail));
  }

  private beginClosing(payload: Buffer): void {
    this.state = states.closing;
    this.closingAt = this.settings.keeper.ticks;
    this.channel.write(this.encode(opcodes.close, payload), true);
    this.updateReading(); // the peer's close frame may stand behind messages that nobody takes any more
  }

  protected override messageListenerAdded(): void {
    this.inbox.listenerAdded();
  }

  /** What `console.log` shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `WebSocketConnection { readyState: ${this.state}, protocol: ${JSON.stringify(this.protocol)} }`;
  }

  private updateReading(): void {
    const mustHold = this.state === states.open && this.inbox.isFull;
    if (mustHold === this.isHeld) return;
    this.isHeld = mustHold;
    this.heardAt = this.settings.keeper.ticks;
    if (mustHold) {
      this.channel.pause();
      this.reader.pause();
    } else this.channel.resume();
  }

  private isCompressed(length: number): boolean {
    return this.settings.codec !== null && length >= this.settings.thresholdBytes;
  }

  private encode(opcode: number, payload: string | Uint8Array, isCompressed = false): Buffer {
    const encode = this.settings.role === 'server' ? encodeFrame : encodeMaskedFrame;
    return encode({ opcode, isCompressed }, payload);
  }

  private write(frame: string | Buffer): boolean {
    const isTaken = this.channel.write(frame, true);
    if (!isTaken) this.owesDrain = true;
    const { maxBufferedBytes } = this.settings.limits;
    if (!isTaken && this.channel.pendingBytes > maxBufferedBytes) {
      this.failure ??= new WebSocketError('WEBSOCKET_SLOW_CONSUMER', `over ${maxBufferedBytes} bytes wait`);
      this.channel.destroy(this.failure); // a close frame would stand behind all that waits
    }
    return isTaken;
  }

  private tellControl(name: 'ping' | 'pong', payload: Buffer): void {
    if (this.hasListener(name)) this.tell(name, { type: name, data: Buffer.from(payload), target: this });
  }
}

function toBytes(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return new Uint8Array(data);
}

function toArrayBuffer({ buffer, byteOffset, byteLength }: Buffer): ArrayBuffer {
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}
