import type { BodySink, PushBody } from '@windhover/core';
import type { Filling } from './filling.ts';

/** The body of one client that reads a `Filling`. */
export class FillingReader implements PushBody {
  readonly length: number | null;
  /** The next chunk that it needs. */
  index = 0;
  private readonly filling: Filling;
  /** How many bytes of the next chunks are skipped, and how many are still wanted. */
  private skip: number;
  private left: number;
  private sink: BodySink | null = null;
  private isPaused = false;
  private isPumping = false;
  private isOver = false;

  constructor(filling: Filling, start: number, end: number | null) {
    this.filling = filling;
    this.skip = start;
    this.left = end === null ? Number.POSITIVE_INFINITY : end + 1 - start;
    this.length = end === null ? (filling.length === null ? null : filling.length - start) : this.left;
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
    while (!this.isPaused && !this.isOver && this.step(sink));
    this.isPumping = false;
    if (!this.isOver) this.filling.moved();
  }

  private step(sink: BodySink): boolean {
    const { filling } = this;
    if (filling.state === 'failed') {
      this.leave(filling.error!);
      sink.fail(filling.error!);
      return false;
    }
    if (this.left === 0 || (filling.state === 'done' && this.index >= filling.chunks.length)) {
      this.leave(enough);
      sink.end();
      return false;
    }
    const chunk = filling.chunks[this.index];
    if (chunk === undefined || chunk === null) return false;
    this.index += 1;
    const part = chunk.subarray(this.skip, Math.min(chunk.byteLength, this.skip + this.left));
    this.skip = Math.max(0, this.skip - chunk.byteLength);
    if (part.byteLength === 0) return true;
    this.left -= part.byteLength;
    if (sink.write(part) === false) this.isPaused = true; // lent: other readers get the same bytes
    return true;
  }

  private leave(reason: Error): void {
    this.isOver = true;
    this.filling.left(this, reason);
  }
}

const enough = new Error('The reader has all that it wanted');
