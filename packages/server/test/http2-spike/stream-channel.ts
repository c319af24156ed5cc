import http2, { type ServerHttp2Stream } from 'node:http2';
import type { ChannelConsumer, Connection, ConnectionInfo } from '@windhover/core';

/** One tunnelled HTTP/2 stream as a channel. */
export class StreamChannel implements Connection {
  readonly info: ConnectionInfo;
  private readonly stream: ServerHttp2Stream;
  private consumer: ChannelConsumer | null = null;
  private pauses = 0;
  private failure: Error | undefined = undefined;

  constructor(stream: ServerHttp2Stream, info: ConnectionInfo) {
    this.info = info;
    this.stream = stream;
    stream.pause();
    stream.on('data', (chunk: Uint8Array) => this.consumer?.data(chunk));
    stream.on('end', () => this.consumer?.end());
    stream.on('drain', () => this.consumer?.drain());
    stream.on('close', () => this.consumer?.close(this.failure));
  }

  get pendingBytes(): number {
    return this.stream.writableLength;
  }

  attach(consumer: ChannelConsumer): void {
    this.consumer = consumer;
    this.pauses = 0;
    this.stream.resume();
  }

  unread(bytes: Uint8Array): void {
    this.stream.unshift(Buffer.from(bytes));
  }

  write(chunk: string | Uint8Array, given?: boolean): boolean {
    if (typeof chunk === 'string') return this.stream.write(chunk, 'latin1');
    return this.stream.write(given === true ? chunk : Buffer.from(chunk));
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
    if (this.pauses === 0) this.stream.resume();
  }

  end(): void {
    this.stream.end();
  }

  destroy(error?: Error): void {
    this.failure ??= error;
    this.stream.close(http2.constants.NGHTTP2_CANCEL);
  }

  onClosed(listener: (error?: Error) => void): void {
    this.stream.on('close', () => listener(this.failure));
  }

  reset(): void {
    this.destroy();
  }
}
