import type { ChannelConsumer, Connection } from '@windhover/core';
import type { Deadline, TimerWheel } from '@windhover/transport';
import { FtpError } from '../errors.ts';
import { ReceiveSpace } from './receive-space.ts';

/** Received bytes that wait for the disk. Beyond that the client has to wait. */
const maxReceivedBytes = 640 * 1024;
/** So many bytes of a fast client are written at once, each write being a message to another thread; a client is fast that has sent a part of it. */
const gatherBytes = 512 * 1024;
const fastBytes = 64 * 1024;
/** How long it is waited for them, in milliseconds. */
const gatherMs = 10;
/** How often a connection whose last bytes are on their way is looked at, in milliseconds. */
const flushLookMs = 10;

/** How long a client may take. */
export interface DataLimits {
  /** Milliseconds after which it is looked at what went through. */
  readonly timeoutMs: number;
  /** What has to go through in that time; 0: anything. */
  readonly minBytesPerSecond: number;
}

/** A data connection, with promises in place of callbacks. One on which too little moves for `timeoutMs` is closed. */
export class DataConnection implements ChannelConsumer {
  private readonly connection: Connection;
  private readonly deadline: Deadline;
  private readonly timeoutMs: number;
  private readonly space: ReceiveSpace;
  /** Bytes that the last call of `receive` has returned. */
  private lastBytes = 0;
  private isPaused = false;
  private hasEnded = false;
  private isBlocked = false;
  /** Bytes that had not left when the time began. */
  private unsent = 0;
  /** Bytes that have come since then. */
  private received = 0;
  private readonly minBytes: number;
  private failure: Error | null = null;
  private wake: (() => void) | null = null;

  /** @param space what the connection reads into; `null`: it cannot, and what comes is copied */
  constructor(connection: Connection, limits: DataLimits, wheel: TimerWheel, space: ReceiveSpace | null) {
    const { timeoutMs, minBytesPerSecond } = limits;
    this.connection = connection;
    this.space = space ?? new ReceiveSpace();
    space?.readDirectly();
    this.timeoutMs = timeoutMs;
    this.minBytes = Math.max(1, (minBytesPerSecond * timeoutMs) / 1000);
    this.deadline = wheel.createDeadline(() => this.late());
    this.deadline.set(timeoutMs);
    connection.attach(this);
  }

  /** Sends a chunk, which is given away; resolves when the next one may follow. */
  async send(chunk: Uint8Array): Promise<void> {
    this.throwFailure();
    this.deadline.set(this.timeoutMs);
    this.isBlocked = !this.connection.write(chunk, true);
    this.unsent = this.connection.pendingBytes;
    while (this.isBlocked && this.failure === null) await this.change();
    this.throwFailure();
  }

  /** What has come since the last call; `null` at the end. It is lent until the next call. */
  async receive(): Promise<Uint8Array | null> {
    const { space } = this;
    while (space.waiting === 0 && !this.hasEnded && this.failure === null) await this.change();
    if (this.lastBytes >= fastBytes) await this.gather();
    const bytes = space.lend();
    if (bytes === null && this.hasEnded) {
      space.close();
      return null;
    }
    if (bytes === null) throw this.failure;
    this.lastBytes = bytes.byteLength;
    if (this.isPaused) {
      this.restart(); // it was the disk that was slow
      this.isPaused = false;
      this.connection.resume();
    }
    return bytes;
  }

  /** Waits for something else, but not after the connection has failed. */
  async waitFor(other: Promise<void> | null): Promise<void> {
    if (other === null) return;
    let isOver = false;
    const done = other.then(() => {
      isOver = true;
    });
    while (!isOver && this.failure === null) {
      this.restart();
      await Promise.race([done, this.change()]);
    }
    this.restart();
    this.throwFailure();
  }

  /** Whether all that was sent has left. */
  get isFlushed(): boolean {
    return this.connection.pendingBytes === 0;
  }

  /** Ends it after all bytes have left. */
  async finish(): Promise<void> {
    this.connection.end();
    while (this.connection.pendingBytes > 0 && this.failure === null)
      await new Promise((resolve) => setTimeout(resolve, flushLookMs));
    if (this.connection.pendingBytes > 0) this.throwFailure();
  }

  /** The transfer is over: what is left is the client's end, for which it has the same time. */
  release(): void {
    if (this.failure === null) this.deadline.set(this.timeoutMs);
  }

  destroy(error?: Error): void {
    this.failure ??= error ?? broken('aborted');
    this.deadline.dispose();
    this.connection.destroy();
    this.space.close();
    this.wake?.();
  }

  data(chunk: Uint8Array): void {
    this.received += chunk.byteLength;
    this.space.take(chunk);
    if (this.space.waiting > maxReceivedBytes && !this.isPaused) {
      this.isPaused = true;
      this.connection.pause();
    }
    this.wake?.();
  }

  drain(): void {
    this.deadline.set(this.timeoutMs);
    this.isBlocked = false;
    this.wake?.();
  }

  end(): void {
    this.hasEnded = true;
    this.wake?.();
  }

  close(error?: Error): void {
    this.deadline.dispose();
    this.failure ??= error ?? broken('the client closed the connection');
    this.space.close();
    this.wake?.();
  }

  /** A slow client takes a part of a chunk at a time. */
  private late(): void {
    const moved = this.unsent - this.connection.pendingBytes + this.received;
    if (moved < this.minBytes && !this.isPaused) this.destroy(broken('no progress'));
    else this.restart();
  }

  private restart(): void {
    this.received = 0;
    this.unsent = this.connection.pendingBytes;
    if (this.failure === null) this.deadline.set(this.timeoutMs);
  }

  private async gather(): Promise<void> {
    let isOver = false;
    const timer = setTimeout(() => {
      isOver = true;
      this.wake?.();
    }, gatherMs);
    while (!isOver && this.space.waiting < gatherBytes && !this.hasEnded && this.failure === null) await this.change();
    clearTimeout(timer);
  }

  private change(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private throwFailure(): void {
    if (this.failure !== null) throw this.failure;
  }
}

function broken(why: string): FtpError {
  return new FtpError('FTP_TRANSFER_BROKEN', why);
}
