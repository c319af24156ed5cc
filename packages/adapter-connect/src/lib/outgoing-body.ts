import type { BodySink, HeaderInit, PushBody } from '@windhover/core';

/** The arguments of one `response.write()`. */
export interface Write {
  readonly data: string | Uint8Array;
  readonly encoding: BufferEncoding;
  readonly callback: (() => void) | null;
}

/** Creates the body and is told about it. */
export interface OutgoingBodyOwner {
  /** Everything was taken: more may be written. */
  bodyDrained(): void;
  /** Reports how many bytes wait in the queue. */
  bodyWaits(bytes: number): void;
  bodyCancelled(reason: Error): void;
}

/** The application's writes as a push body that follows the client's pace. */
export class OutgoingBody implements PushBody {
  readonly length: number | null;
  private readonly owner: OutgoingBodyOwner;
  /** The queue; entries before `next` are sent. Removing the first of many thousands would move all the others. */
  private queue: Write[];
  private next = 0;
  private waiting: number;
  private sink: BodySink | null = null;
  private state: 'open' | 'ending' | 'over' = 'open';
  private isPaused = false;
  private isFlushing = false;
  private trailers: HeaderInit | undefined = undefined;
  private failure: Error | null = null;
  /** Callback of a write that filled the sink; called when the sink has room again. */
  private heldCallback: (() => void) | null = null;

  /** @param queue writes made before the body was created */
  constructor(length: number | null, queue: Write[], waiting: number, owner: OutgoingBodyOwner) {
    this.length = length;
    this.queue = queue;
    this.waiting = waiting;
    this.owner = owner;
  }

  /** Accepts a write; returns false to make the application wait for `'drain'`. */
  write(write: Write, highWaterMark: number): boolean {
    if (this.state === 'over') return false;
    this.queue.push(write);
    this.waiting += write.data.length;
    this.flush();
    return !this.isPaused && this.waiting < highWaterMark;
  }

  /** Ends the body: no more writes follow. */
  end(trailers: HeaderInit | undefined): void {
    if (this.state !== 'open') return;
    this.state = 'ending';
    this.trailers = trailers;
    this.flush();
  }

  /** The application gave up: the answer is cut off. */
  fail(error: Error): void {
    if (this.state === 'over') return;
    this.state = 'over';
    this.failure = error;
    this.sink?.fail(error);
  }

  start(sink: BodySink): void {
    this.sink = sink;
    if (this.failure !== null) sink.fail(this.failure);
    else if (!this.isPaused) this.resume();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    const { heldCallback } = this;
    this.heldCallback = null;
    if (heldCallback !== null) process.nextTick(heldCallback);
    this.flush();
    if (this.state === 'open' && !this.isPaused) this.owner.bodyDrained();
  }

  cancel(reason: Error): void {
    if (this.state === 'over') return;
    this.state = 'over';
    this.dropQueue();
    this.owner.bodyCancelled(reason);
  }

  private flush(): void {
    const { sink, queue } = this;
    if (sink === null || this.isFlushing) return;
    this.isFlushing = true;
    while (this.next < queue.length && !this.isPaused && this.state !== 'over') this.send(sink, queue[this.next++]!);
    if (this.next === queue.length) this.dropQueue();
    this.isFlushing = false;
    this.owner.bodyWaits(this.waiting);
    if (this.state !== 'ending' || this.queue.length > 0 || this.isPaused) return;
    this.state = 'over';
    if (this.heldCallback !== null) process.nextTick(this.heldCallback);
    sink.end(this.trailers);
  }

  private dropQueue(): void {
    this.queue = [];
    this.next = 0;
  }

  private send(sink: BodySink, { data, encoding, callback }: Write): void {
    this.waiting -= data.length;
    // A buffer belongs to the application, which may reuse it after the callback; the copy of a string is given away.
    const isText = typeof data === 'string';
    const isOpen = data.length === 0 || sink.write(isText ? Buffer.from(data, encoding) : data, isText);
    if (!isOpen) this.isPaused = true;
    if (callback === null) return;
    if (isOpen) process.nextTick(callback);
    else this.heldCallback = callback;
  }
}
