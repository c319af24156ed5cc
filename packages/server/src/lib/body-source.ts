import { type BodySink, type HeaderInit, HttpError, type PushBody } from '@windhover/core';

/** The connection, as its body source sees it. */
export interface BodySourceOwner {
  /** A reader wants bytes now. Before the first byte, the client may be waiting for 100 Continue. */
  bodyWanted(): void;
  /** No reader wants bytes, for now or for good. */
  bodyUnwanted(): void;
}

/** The body of one request, pushed by the connection. Bytes flow only while a reader asks for them. */
export class BodySource implements PushBody {
  readonly length: number | null;
  /** Bytes that arrived after the body was cancelled. */
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

  /** Whether bytes may be pushed now. Bytes of a cancelled body may be pushed too: they are dropped. */
  get isWanted(): boolean {
    return this.isCancelled || this.isReading;
  }

  /** Whether a reader waits for bytes of the client. */
  get isReading(): boolean {
    return this.state === 'open' && this.sink !== null && !this.isPaused;
  }

  /** Whether the body exceeded its reader's limit (413) and its length is unknown, so that any amount may follow. */
  get isBeyondLimit(): boolean {
    return this.isCancelled && this.length === null && HttpError.is(this.failure) && this.failure.status === 413;
  }

  /** Whether arriving bytes are dropped. */
  get isCancelled(): boolean {
    return this.state === 'cancelled';
  }

  /** A reader that starts after the body has failed gets the error immediately. */
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

  /** The answer is complete: the reader gets an error, and the rest of the body is dropped. */
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

  /** No more bytes will come: the current or later reader gets the error. */
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
