import type { BodySink, HeaderInit } from '@windhover/core';

type Ending = { readonly error: Error } | { readonly trailers: HeaderInit | undefined };

/**
 * The side of a coded body that its reader sees: holds chunks while the reader has paused, and keeps the order `write*
 * (end | fail)`.
 */
export class BodyOutput {
  private readonly chunks: Uint8Array[] = [];
  private sink: BodySink | null = null;
  private ending: Ending | null = null;
  private isPaused = false;
  private isDelivering = false;
  private isOver = false;

  /** Whether the reader should first take what is there. */
  get isWaiting(): boolean {
    return this.isPaused || this.chunks.length > 0;
  }

  start(sink: BodySink): void {
    this.sink = sink;
    this.deliver();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.deliver();
  }

  push(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.deliver();
  }

  end(trailers: HeaderInit | undefined): void {
    this.ending ??= { trailers };
    this.deliver();
  }

  /** The reader gets the chunks that are there, then the error. */
  fail(error: Error): void {
    this.ending ??= { error };
    this.deliver();
  }

  /** The reader has gone. */
  stop(): void {
    this.isOver = true;
    this.chunks.length = 0;
  }

  private deliver(): void {
    const { sink } = this;
    if (sink === null || this.isDelivering) return;
    this.isDelivering = true;
    while (!this.isPaused && !this.isOver) {
      const chunk = this.chunks.shift();
      if (chunk === undefined) {
        this.finish(sink);
        break;
      }
      if (sink.write(chunk, true) === false) this.isPaused = true;
    }
    this.isDelivering = false;
  }

  private finish(sink: BodySink): void {
    const { ending } = this;
    if (ending === null) return;
    this.isOver = true;
    if ('error' in ending) sink.fail(ending.error);
    else sink.end(ending.trailers);
  }
}
