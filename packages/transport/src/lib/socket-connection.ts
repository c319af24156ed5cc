import { Buffer } from 'node:buffer'; // the global one is a getter, paid for on every request
import type { Socket } from 'node:net';
import type { ConnectionInfo } from '@windhover/core';
import { BaseConnection } from './base-connection.ts';
import { letRead, queuedBytes, queuedBytesAtEnd, type ReadInto, rememberQueued } from './node-internals.ts';

/** One buffer for every borrowing socket of the process: each read is over before the next one begins. */
const sharedBuffer = Buffer.allocUnsafeSlow(64 * 1024);
/**
 * Views of its first bytes, by length, created on first use: most reads are short, and creating a view costs more than
 * the read.
 */
const beginnings: (Uint8Array | undefined)[] = new Array(2049).fill(undefined);

/** How a socket is read: into one shared buffer, or by `'data'` events with a fresh buffer each. */
export type SocketDriver = 'borrow' | 'data';

/**
 * Corked byte chunks up to this size are joined to the waiting text: one string write costs less than a gathered write.
 */
const joinedBytes = 4096;

/**
 * A writer has to wait when this much is on its way. Node's own mark is a quarter of it in Node 20, and counts sent
 * bytes until the next tick.
 */
const highWaterBytes = 64 * 1024;

const owner = Symbol('owner');
const event = Symbol('event');
const failed = Symbol('failed');

type OwnedSocket = Socket & { [owner]: SocketConnection };

/** Creates the socket. With `onread` it must read into that buffer; without, it emits `'data'` events. */
export type MakeSocket = (onread: ReadInto | undefined) => Socket;

/** A connection over a `net.Socket`. */
export class SocketConnection extends BaseConnection {
  readonly info: ConnectionInfo;
  protected readonly socket: Socket;
  private corked = 0;
  private corkedText = '';
  /** Bytes on their way when the cork began. The number only falls, unless something is written past the cork. */
  private queuedBefore = 0;
  private isSocketCorked = false;
  private owesDrain = false;
  private isHandedOver = false;
  /** After the close: bytes that were written and never reached the kernel. */
  private bytesLeft = 0;
  private readonly isBorrowing: boolean;
  private failure: Error | undefined = undefined;

  /** @param readBuffer where the driver `borrow` reads next. Default: into the shared buffer */
  constructor(driver: SocketDriver, info: ConnectionInfo, makeSocket: MakeSocket, readBuffer?: () => Uint8Array) {
    super();
    const callback = (bytes: number, buffer: Uint8Array): boolean => {
      const chunk =
        buffer === sharedBuffer && bytes < beginnings.length
          ? (beginnings[bytes] ??= buffer.subarray(0, bytes))
          : buffer.subarray(0, bytes);
      if (this.isHandedOver) return this.socket.push(Buffer.from(chunk));
      this.received(chunk);
      return true;
    };
    const socket = makeSocket(driver === 'borrow' ? { buffer: readBuffer ?? sharedBuffer, callback } : undefined);
    this.socket = socket;
    this.info = info;
    this.isBorrowing = driver === 'borrow';
    this.lendsBytes = !this.isBorrowing || readBuffer === undefined;
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
      // libuv keeps a pointer to bytes that the kernel does not take at once, so lent bytes are copied first.
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
   * For `toDuplex`: returns the socket itself, with all unread bytes put back, for a new reader. `null` if the end was
   * already delivered, because a socket ends only once. This connection still observes the close, and can close the
   * socket.
   */
  handOver(): Socket | null {
    if (this.isHandedOver) return this.socket;
    const unread = this.letGo();
    if (unread === null) return null;
    const { socket } = this;
    this.corked = 0;
    this.release(); // bytes written before must go first
    this.isHandedOver = true;
    socket.off('data', onData).off('end', onEnd).off('drain', onDrain);
    letRead(socket);
    for (const chunk of unread.reverse()) socket.unshift(chunk);
    socket.read(0); // as Node does with accepted sockets: node:http2 takes over the handle and expects it to be reading
    return socket;
  }

  /** For drivers on top: the peer's end, as the socket reports it. */
  protected socketEnded(): void {
    this.receivedEnd();
  }

  protected startReading(): void {
    if (this.isBorrowing)
      this.socket.read(0); // starts the reading, and costs less than resume()
    else this.socket.resume();
  }

  protected stopReading(): void {
    this.socket.pause();
  }

  protected close(_error: Error | undefined, withReset: boolean): void {
    this.corkedText = '';
    // After its end was sent, Node's socket neither resets nor closes: the system refuses with EINVAL, and no event
    // says so.
    const mayReset = withReset && !this.socket.writableEnded && this.info.transport === 'tcp';
    if (mayReset) this.resetSocket();
    else this.socket.destroy(); // the consumer gets the error; the socket would only emit it again
  }

  protected resetSocket(): void {
    this.socket.resetAndDestroy();
  }

  /** Called by the socket's listeners, which all connections share: closures would cost memory for each connection. */
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

  /** Returns false if `drained()` will be called. */
  private mayWriteOn(): boolean {
    if (this.pendingBytes < highWaterBytes) return true;
    if (this.corked === 0 && !this.socket.writableNeedDrain) return true; // encryption adds bytes Node does not count
    this.owesDrain = true;
    return false;
  }

  /** Called by `uncork()`, or by the socket's `'drain'` event. */
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
