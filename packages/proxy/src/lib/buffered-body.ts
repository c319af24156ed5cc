import type { BodySink, HeaderInit, PushBody } from '@windhover/core';

/**
 * A body that is read as fast as it comes, up to `maxBytes` ahead of its reader: a slow client then does not hold the
 * upstream. Beyond that, the upstream has to wait.
 */
export class BufferedBody implements PushBody, BodySink {
  readonly length: number | null;
  private readonly source: PushBody;
  private readonly maxBytes: number;
  private readonly chunks: Uint8Array[] = [];
  private bytes = 0;
  private sink: BodySink | null = null;
  private isPaused = false;
  private isBlocked = false;
  private isWriting = false;
  private ending: { readonly trailers: HeaderInit | undefined } | { readonly error: Error } | null = null;
  private isOver = false;

  constructor(source: PushBody, maxBytes: number) {
    this.length = source.length;
    this.source = source;
    this.maxBytes = maxBytes;
    source.start(this);
  }

  start(sink: BodySink): void {
    this.sink = sink;
    this.flush();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.flush();
  }

  cancel(reason: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.chunks.length = 0;
    if (this.ending === null) this.source.cancel(reason);
  }

  write(chunk: Uint8Array, given?: boolean): boolean {
    if (this.isOver) return false;
    if (this.sink !== null && !this.isPaused && !this.isWriting && this.chunks.length === 0) {
      this.give(this.sink, chunk, given);
      return true;
    }
    this.chunks.push(given === true ? chunk : new Uint8Array(chunk));
    this.bytes += chunk.byteLength;
    this.isBlocked = this.bytes >= this.maxBytes;
    return !this.isBlocked;
  }

  end(trailers?: HeaderInit): void {
    this.ending = { trailers };
    this.flush();
  }

  /** A failure is told at once: the bytes before it are of no use to anybody. */
  fail(error: Error): void {
    this.ending = { error };
    this.chunks.length = 0;
    this.flush();
  }

  /** The sink may call back from within its `write()`. */
  private give(sink: BodySink, chunk: Uint8Array, given: boolean | undefined): void {
    this.isWriting = true;
    if (!sink.write(chunk, given)) this.isPaused = true;
    this.isWriting = false;
  }

  private flush(): void {
    const { sink, chunks } = this;
    if (sink === null || this.isOver || this.isWriting) return;
    while (chunks.length > 0 && !this.isPaused && !this.isOver) {
      const chunk = chunks.shift()!;
      this.bytes -= chunk.byteLength;
      this.give(sink, chunk, true);
    }
    if (this.isOver) return;
    if (chunks.length === 0 && this.ending !== null && !(this.isPaused && 'trailers' in this.ending)) {
      this.isOver = true;
      if ('error' in this.ending) sink.fail(this.ending.error);
      else sink.end(this.ending.trailers);
      return;
    }
    if (this.isBlocked && this.bytes < this.maxBytes / 2) {
      this.isBlocked = false;
      this.source.resume();
    }
  }
}
