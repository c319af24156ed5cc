import type { ChannelConsumer, Connection } from '@windhover/core';
import type { Deadline, TimerWheel } from '@windhover/transport';
import { FtpError } from '../errors.ts';

/** Received bytes that wait for the disk. Beyond that the client has to wait. */
const maxReceivedBytes = 256 * 1024;
/** How often a connection whose last bytes are on their way is looked at, in milliseconds. */
const flushLookMs = 10;

/** A data connection, with promises in place of callbacks. One that makes no progress for `timeoutMs` is closed. */
export class DataConnection implements ChannelConsumer {
  private readonly connection: Connection;
  private readonly deadline: Deadline;
  private readonly timeoutMs: number;
  private readonly received: Buffer[] = [];
  private receivedBytes = 0;
  private isPaused = false;
  private hasEnded = false;
  private isBlocked = false;
  private failure: Error | null = null;
  private wake: (() => void) | null = null;

  constructor(connection: Connection, timeoutMs: number, wheel: TimerWheel) {
    this.connection = connection;
    this.timeoutMs = timeoutMs;
    this.deadline = wheel.createDeadline(() => this.destroy(broken('no progress')));
    this.deadline.set(timeoutMs);
    connection.attach(this);
  }

  /** Sends a chunk, which is given away; resolves when the next one may follow. */
  async send(chunk: Uint8Array): Promise<void> {
    this.throwFailure();
    this.deadline.set(this.timeoutMs);
    this.isBlocked = !this.connection.write(chunk, true);
    while (this.isBlocked && this.failure === null) await this.change();
    this.throwFailure();
  }

  /** What has come since the last call; `null` at the end. */
  async receive(): Promise<Uint8Array | null> {
    while (this.received.length === 0 && !this.hasEnded && this.failure === null) await this.change();
    if (this.received.length === 0 && this.hasEnded) return null;
    if (this.received.length === 0) this.throwFailure();
    const all = this.received.length === 1 ? this.received[0]! : Buffer.concat(this.received);
    this.received.length = 0;
    this.receivedBytes = 0;
    this.deadline.set(this.timeoutMs); // the disk may have been slow
    if (this.isPaused) {
      this.isPaused = false;
      this.connection.resume();
    }
    return all;
  }

  /** Waits for something else, but not after the connection has failed. */
  async waitFor(other: Promise<void> | null): Promise<void> {
    if (other === null) return;
    let isOver = false;
    const done = other.then(() => {
      isOver = true;
    });
    while (!isOver && this.failure === null) {
      this.deadline.set(this.timeoutMs);
      await Promise.race([done, this.change()]);
    }
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
    this.wake?.();
  }

  data(chunk: Uint8Array): void {
    this.deadline.set(this.timeoutMs);
    this.received.push(Buffer.from(chunk)); // it is lent
    this.receivedBytes += chunk.byteLength;
    if (this.receivedBytes > maxReceivedBytes && !this.isPaused) {
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
    this.wake?.();
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
