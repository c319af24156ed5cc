import { type Body, type BodySink, type PushBody, toPushBody } from '@windhover/core';

/** Passes a part on to its client, and gives the bytes that have arrived to `keep` when it is over, complete or not. */
export class KeptPart implements PushBody, BodySink {
  readonly length: number | null;
  private readonly inner: PushBody;
  private readonly budget: { left: number };
  private readonly keep: (bytes: Uint8Array) => void;
  private room: number;
  private chunks: Uint8Array[] = [];
  private held = 0;
  private isOver = false;
  private sink: BodySink | null = null;

  /** @param maxBytes how many bytes from the start are kept */
  constructor(body: Body, maxBytes: number, budget: { left: number }, keep: (bytes: Uint8Array) => void) {
    this.inner = toPushBody(body);
    this.length = this.inner.length;
    this.room = maxBytes;
    this.budget = budget;
    this.keep = keep;
  }

  start(sink: BodySink): void {
    this.sink = sink;
    this.inner.start(this);
  }

  pause(): void {
    this.inner.pause();
  }

  resume(): void {
    this.inner.resume();
  }

  cancel(reason: Error): void {
    this.over();
    this.inner.cancel(reason);
  }

  write(chunk: Uint8Array, given?: boolean): boolean {
    const count = Math.min(this.room, chunk.byteLength);
    if (count > this.budget.left) this.room = 0;
    else if (count > 0) {
      this.chunks.push(chunk.slice(0, count));
      this.room -= count;
      this.held += count;
      this.budget.left -= count;
    }
    return this.sink!.write(chunk, given);
  }

  end(trailers?: Parameters<BodySink['end']>[0]): void {
    this.over();
    this.sink!.end(trailers);
  }

  fail(error: Error): void {
    this.over();
    this.sink!.fail(error);
  }

  private over(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.budget.left += this.held;
    if (this.held > 0) this.keep(Buffer.concat(this.chunks));
    this.chunks = [];
  }
}
