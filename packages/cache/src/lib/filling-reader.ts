import type { BodySink, PushBody } from '@windhover/core';
import type { Spool } from './cache-store.ts';
import type { Filling } from './filling.ts';

/** How much is read back from disk at once. */
const readBytes = 256 * 1024;

/** The body of one client that reads a `Filling`. */
export class FillingReader implements PushBody {
  readonly length: number | null;
  /** The next chunk that it needs, and where it starts. A reader that is behind what is in memory needs an earlier one. */
  index = 0;
  private chunkStart = 0;
  private position: number;
  private readonly end: number;
  private readonly filling: Filling;
  private sink: BodySink | null = null;
  private isPaused = false;
  private isPumping = false;
  private isReading = false;
  private isOver = false;

  constructor(filling: Filling, start: number, end: number | null) {
    this.filling = filling;
    this.position = start;
    this.end = end === null ? Number.POSITIVE_INFINITY : end + 1;
    this.length = end === null ? (filling.length === null ? null : filling.length - start) : this.end - start;
  }

  start(sink: BodySink): void {
    this.sink = sink;
    this.pump();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.pump();
  }

  cancel(reason: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.filling.left(this, reason);
  }

  /** Gives what is there to the sink. */
  pump(): void {
    const { sink } = this;
    if (sink === null || this.isPumping) return;
    this.isPumping = true;
    while (!this.isPaused && !this.isOver && !this.isReading && this.step(sink));
    this.isPumping = false;
    if (!this.isOver) this.filling.moved();
  }

  private step(sink: BodySink): boolean {
    const { filling } = this;
    if (filling.state === 'failed') {
      this.fail(sink, filling.error!);
      return false;
    }
    if (this.position >= this.end || (filling.state === 'done' && this.position >= filling.total)) {
      this.leave(enough);
      sink.end();
      return false;
    }
    if (this.position < filling.firstStart) {
      this.readBack(sink, filling.spool!);
      return false;
    }
    const chunk = this.findChunk();
    if (chunk === undefined) return false;
    const from = this.position - this.chunkStart;
    const part = chunk.subarray(from, Math.min(chunk.byteLength, this.end - this.chunkStart));
    this.position += part.byteLength;
    this.index += 1;
    this.chunkStart += chunk.byteLength;
    if (sink.write(part) === false) this.isPaused = true; // lent: other readers get the same bytes
    return true;
  }

  /** Returns the chunk in memory that holds the next byte; `undefined`: it has not arrived yet. */
  private findChunk(): Uint8Array | undefined {
    const { chunks, firstIndex, firstStart } = this.filling;
    if (this.index < firstIndex) {
      this.index = firstIndex;
      this.chunkStart = firstStart;
    }
    for (;;) {
      const chunk = chunks[this.index];
      if (chunk === undefined || chunk === null) return undefined;
      if (this.position < this.chunkStart + chunk.byteLength) return chunk;
      this.index += 1;
      this.chunkStart += chunk.byteLength;
    }
  }

  /** Gets what is not in memory any more from the disk. */
  private readBack(sink: BodySink, spool: Spool): void {
    this.isReading = true;
    const wanted = Math.min(readBytes, this.end - this.position, this.filling.firstStart - this.position);
    const bytes = new Uint8Array(wanted);
    spool.read(bytes, this.position).then(
      (count) => {
        this.isReading = false;
        if (this.isOver) return;
        this.position += count;
        if (sink.write(bytes.subarray(0, count), true) === false) this.isPaused = true;
        this.pump();
      },
      (error: Error) => {
        this.isReading = false;
        if (!this.isOver) this.fail(sink, error);
      },
    );
  }

  private fail(sink: BodySink, error: Error): void {
    this.leave(error);
    sink.fail(error);
  }

  private leave(reason: Error): void {
    this.isOver = true;
    this.filling.left(this, reason);
  }
}

const enough = new Error('The reader has all that it wanted');
