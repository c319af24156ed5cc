import type { Duplex } from 'node:stream';
import type { Channel, ChannelConsumer } from '@windhover/core';

/** A channel over a Node stream, for the socket that a `node:http` server leaves after an upgrade. */
export class SocketChannel implements Channel {
  private readonly stream: Duplex;
  private consumer: ChannelConsumer | null = null;
  private pauses = 0;
  private error: Error | undefined;
  private isClosed = false;

  constructor(stream: Duplex) {
    this.stream = stream;
    stream.pause();
    stream.on('data', (chunk: Uint8Array) => this.consumer?.data(chunk));
    stream.on('end', () => this.consumer?.end());
    stream.on('drain', () => this.consumer?.drain());
    stream.on('error', (error) => (this.error ??= error));
    stream.on('close', () => {
      this.isClosed = true;
      this.consumer?.close(this.error);
    });
  }

  get pendingBytes(): number {
    return this.stream.writableLength;
  }

  attach(consumer: ChannelConsumer): void {
    this.consumer = consumer;
    this.pauses = 0;
    if (this.isClosed) queueMicrotask(() => consumer.close(this.error));
    else this.stream.resume();
  }

  unread(bytes: Uint8Array): void {
    if (bytes.byteLength > 0) this.stream.unshift(Buffer.from(bytes));
  }

  write(chunk: string | Uint8Array, given = false): boolean {
    if (this.stream.destroyed || this.stream.writableEnded) return false;
    if (typeof chunk === 'string') return this.stream.write(chunk, 'latin1');
    return this.stream.write(given ? chunk : Buffer.from(chunk));
  }

  cork(): void {
    this.stream.cork();
  }

  uncork(): void {
    this.stream.uncork();
  }

  pause(): void {
    this.pauses += 1;
    this.stream.pause();
  }

  resume(): void {
    if (this.pauses > 0) this.pauses -= 1;
    if (this.pauses === 0 && this.consumer !== null) this.stream.resume();
  }

  end(): void {
    if (!this.stream.writableEnded) this.stream.end();
  }

  destroy(error?: Error): void {
    this.error ??= error;
    this.stream.destroy();
  }

  reset(): void {
    const { stream } = this;
    if ('resetAndDestroy' in stream) (stream as unknown as { resetAndDestroy(): void }).resetAndDestroy();
    else this.destroy();
  }
}
