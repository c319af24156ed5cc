import { type BodySink, type HeaderInit, HttpError, type PushBody } from '@windhover/core';

/** What the source asks of its connection. */
export interface BodySourceOwner {
  /** Somebody wants bytes now: before the first, the client may be waiting for 100 Continue. */
  bodyWanted(): void;
  /** Nobody wants bytes, for now or ever. */
  bodyUnwanted(): void;
}

/** The body of one request as the connection pushes it: bytes only flow while somebody asks for them. */
export class BodySource implements PushBody {
  readonly length: number | null;
  /** Bytes that arrived after it was cancelled. */
  discardedBytes = 0;
  private readonly owner: BodySourceOwner;
  private state: 'open' | 'cancelled' | 'over' = 'open';
  private sink: BodySink | null = null;
  private isPaused = false;
  private failure: Error | null = null;

  constructor(length: number | null, owner: BodySourceOwner) {
    this.length = length;
    this.owner = owner;
  }

  /** Whether bytes may be pushed now. Those of a cancelled body may: they are dropped. */
  get isWanted(): boolean {
    return this.isCancelled || this.isReading;
  }

  /** Whether somebody reads and waits for the client. */
  get isReading(): boolean {
    return this.state === 'open' && this.sink !== null && !this.isPaused;
  }

  /** Whether more came than its reader takes, and nobody knows how much more will. */
  get isBeyondLimit(): boolean {
    return this.isCancelled && this.length === null && HttpError.is(this.failure) && this.failure.status === 413;
  }

  /** Whether what arrives is dropped. */
  get isCancelled(): boolean {
    return this.state === 'cancelled';
  }

  /** Whoever comes too late fails at once. */
  start(sink: BodySink): void {
    if (this.failure !== null) {
      sink.fail(this.failure);
      return;
    }
    this.sink = sink;
    if (!this.isPaused) this.owner.bodyWanted();
  }

  pause(): void {
    if (this.isPaused) return;
    this.isPaused = true;
    if (this.sink !== null) this.owner.bodyUnwanted();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    if (this.isReading) this.owner.bodyWanted();
  }

  cancel(reason: Error): void {
    if (this.state !== 'open') return;
    this.state = 'cancelled';
    this.failure = reason;
    this.sink = null;
    this.owner.bodyUnwanted();
  }

  /** The answer is complete: whoever reads is told, and the rest is dropped. */
  discard(reason: Error): void {
    if (this.state !== 'open') return;
    this.state = 'cancelled';
    this.tellFailure(reason);
  }

  push(chunk: Uint8Array): void {
    if (this.state === 'cancelled') this.discardedBytes += chunk.byteLength;
    else if (this.sink?.write(chunk) === false) this.isPaused = true;
  }

  finish(trailers: HeaderInit | undefined): void {
    const { sink } = this;
    this.state = 'over';
    this.sink = null;
    sink?.end(trailers);
  }

  /** No more bytes come: whoever reads, now or later, is told. */
  fail(error: Error): void {
    if (this.state === 'over') return;
    this.state = 'over';
    this.tellFailure(error);
  }

  private tellFailure(error: Error): void {
    const { sink } = this;
    this.failure ??= error;
    this.sink = null;
    sink?.fail(error);
  }
}
