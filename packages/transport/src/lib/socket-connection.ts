import { Buffer } from 'node:buffer'; // the global one is a getter, which every request would pay
import type { Socket } from 'node:net';
import type { ConnectionInfo } from '@windhover/core';
import { BaseConnection } from './base-connection.ts';
import { letRead, queuedBytes, queuedBytesAtEnd, type ReadInto, rememberQueued } from './node-internals.ts';

/** One buffer for every borrowing socket of the process: a read is over before the next one begins. */
const sharedBuffer = Buffer.allocUnsafeSlow(64 * 1024);
/** Its beginnings by length, made on first use: most reads are short, and a view of its own for each costs more than the read. */
const beginnings: (Uint8Array | undefined)[] = new Array(2049).fill(undefined);

/** How a socket is read: into one shared buffer, or by `'data'` events with a fresh buffer for each. */
export type SocketDriver = 'borrow' | 'data';

/** Bytes up to this size join the text that waits in a cork: one write of a string costs less than a gathered one. */
const joinedBytes = 4096;

/** With this much on its way a writer waits. Node's own measure is a quarter of it in Node 20, and holds what has left until the next tick. */
const highWaterBytes = 64 * 1024;

const owner = Symbol('owner');
const event = Symbol('event');
const failed = Symbol('failed');

type OwnedSocket = Socket & { [owner]: SocketConnection };

/** Gives the socket; with an `onread` it must be one that reads into that buffer, without one it has `'data'` events. */
export type MakeSocket = (onread: ReadInto | undefined) => Socket;

/** A connection over a `net.Socket`. */
export class SocketConnection extends BaseConnection {
  readonly info: ConnectionInfo;
  protected readonly socket: Socket;
  private corked = 0;
  private corkedText = '';
  /** What was on its way when the cork was put in: it only becomes less, unless more is written past the cork. */
  private queuedBefore = 0;
  private isSocketCorked = false;
  private owesDrain = false;
  private isHandedOver = false;
  /** Of a connection that is closed: bytes that were written and never reached the kernel. */
  private bytesLeft = 0;
  private readonly isBorrowing: boolean;
  private failure: Error | undefined = undefined;

  constructor(driver: SocketDriver, info: ConnectionInfo, makeSocket: MakeSocket) {
    super();
    const callback = (bytes: number, buffer: Uint8Array): boolean => {
      const chunk =
        bytes < beginnings.length ? (beginnings[bytes] ??= buffer.subarray(0, bytes)) : buffer.subarray(0, bytes);
      if (this.isHandedOver) return this.socket.push(Buffer.from(chunk));
      this.received(chunk);
      return true;
    };
    const socket = makeSocket(driver === 'borrow' ? { buffer: sharedBuffer, callback } : undefined);
    this.socket = socket;
    this.info = info;
    this.isBorrowing = driver === 'borrow';
    if (!this.isBorrowing) {
      socket.pause();
      socket.on('data', onData);
    }
    (socket as OwnedSocket)[owner] = this;
    rememberQueued(socket);
    socket.on('end', onEnd).on('drain', onDrain).on('error', onError).on('close', onClose);
  }

  get pendingBytes(): number {
    return this.corkedText.length + this.bytesLeft + queuedBytes(this.socket);
  }

  write(chunk: string | Uint8Array, given?: boolean): boolean {
    const { socket } = this;
    if (this.corked > 0 && (typeof chunk === 'string' || chunk.byteLength <= joinedBytes)) {
      this.corkedText += typeof chunk === 'string' ? chunk : latin1(chunk);
      return this.queuedBefore + this.corkedText.length < highWaterBytes || this.mayWriteOn();
    }
    if (!socket.writable) return false;
    if (typeof chunk === 'string') {
      socket.write(chunk, 'latin1');
    } else {
      if (this.corked > 0) this.corkSocket();
      // libuv keeps a pointer to what the kernel does not take at once, so lent bytes are copied before.
      socket.write(given === true ? chunk : Buffer.from(chunk));
    }
    return this.mayWriteOn();
  }

  cork(): void {
    if (this.corked === 0) this.queuedBefore = queuedBytes(this.socket);
    this.corked += 1;
  }

  uncork(): void {
    if (this.corked === 0 || --this.corked > 0) return;
    this.release();
    this.payDrain();
  }

  override unread(bytes: Uint8Array): void {
    if (this.isHandedOver) this.socket.unshift(Buffer.from(bytes));
    else super.unread(bytes);
  }

  end(): void {
    this.flushText();
    if (this.socket.writable) this.socket.end();
  }

  /**
   * For `toDuplex`: the socket itself, from now on for somebody else to read, with everything unread put back. `null` when its end
   * was told, as a socket ends once. What stays ours: to know when it is closed, and to close it.
   */
  handOver(): Socket | null {
    if (this.isHandedOver) return this.socket;
    const unread = this.letGo();
    if (unread === null) return null;
    const { socket } = this;
    this.corked = 0;
    this.release(); // what was written before is in front
    this.isHandedOver = true;
    socket.off('data', onData).off('end', onEnd).off('drain', onDrain);
    letRead(socket);
    for (const chunk of unread.reverse()) socket.unshift(chunk);
    socket.read(0); // as Node does with what it accepts: who takes the handle, as node:http2 does, finds it reading
    return socket;
  }

  /** For drivers above: the peer's end, as the socket tells it. */
  protected socketEnded(): void {
    this.receivedEnd();
  }

  protected startReading(): void {
    if (this.isBorrowing)
      this.socket.read(0); // as much as it needs, and less than making it flow costs
    else this.socket.resume();
  }

  protected stopReading(): void {
    this.socket.pause();
  }

  protected close(_error: Error | undefined, withReset: boolean): void {
    this.corkedText = '';
    // Once its end was sent, Node's socket neither resets nor closes: the system refuses (EINVAL), and nobody hears of it.
    const mayReset = withReset && !this.socket.writableEnded && this.info.transport === 'tcp';
    if (mayReset) this.resetSocket();
    else this.socket.destroy(); // the error is the consumer's to know; the socket would only emit it again
  }

  protected resetSocket(): void {
    this.socket.resetAndDestroy();
  }

  /** For the listeners of the socket, which all connections share: closures of its own would cost each more than they do. */
  [event](name: 'data' | 'end' | 'drain' | 'close', chunk?: Uint8Array): void {
    if (name === 'data') this.received(chunk!);
    else if (name === 'end') this.socketEnded();
    else if (name === 'drain') this.payDrain();
    else this.socketClosed();
  }

  [failed](error: Error): void {
    this.failure = error;
  }

  private socketClosed(): void {
    this.bytesLeft = queuedBytesAtEnd(this.socket) - queuedBytes(this.socket);
    this.closed(this.failure);
  }

  /** False: `drained()` will be called. */
  private mayWriteOn(): boolean {
    if (this.pendingBytes < highWaterBytes) return true;
    if (this.corked === 0 && !this.socket.writableNeedDrain) return true; // encrypted bytes are a little more than Node counts
    this.owesDrain = true;
    return false;
  }

  /** Called by `uncork()`, or by the socket if that is full. */
  private payDrain(): void {
    if (!this.owesDrain || this.corked > 0) return;
    if (this.socket.writableNeedDrain) return;
    this.owesDrain = false;
    queueMicrotask(() => this.drained());
  }

  private release(): void {
    this.flushText();
    if (!this.isSocketCorked) return;
    this.isSocketCorked = false;
    this.socket.uncork();
  }

  private corkSocket(): void {
    this.queuedBefore = highWaterBytes;
    if (!this.isSocketCorked) {
      this.isSocketCorked = true;
      this.socket.cork();
    }
    this.flushText();
  }

  private flushText(): void {
    const text = this.corkedText;
    if (text === '') return;
    this.corkedText = '';
    if (this.socket.writable) this.socket.write(text, 'latin1');
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.prototype.latin1Slice.call(bytes, 0, bytes.byteLength);
}

function onData(this: Socket, chunk: Buffer): void {
  (this as OwnedSocket)[owner][event]('data', chunk);
}

function onEnd(this: Socket): void {
  (this as OwnedSocket)[owner][event]('end');
}

function onDrain(this: Socket): void {
  (this as OwnedSocket)[owner][event]('drain');
}

function onError(this: Socket, error: Error): void {
  (this as OwnedSocket)[owner][failed](error);
}

function onClose(this: Socket): void {
  (this as OwnedSocket)[owner][event]('close');
}
