import type { BodySink, HeaderInit, PushBody } from '@windhover/core';

/** The calls from a response body to its connection. */
export interface ResponseBodyOwner {
  pauseBody(): void;
  resumeBody(): void;
  cancelBody(reason: Error): void;
}

/** The body of an answer: passes the bytes on as the connection delivers them, lent. */
export class ResponseBody implements PushBody {
  readonly length: number | null;
  private readonly owner: ResponseBodyOwner;
  private sink: BodySink | null = null;
  private state: 'held' | 'flowing' | 'paused' | 'over' = 'held';
  /** An end or failure that came before the body was started, or while it was paused. */
  private ending: { trailers: HeaderInit | undefined } | { error: Error } | null = null;

  constructor(length: number | null, owner: ResponseBodyOwner) {
    this.length = length;
    this.owner = owner;
  }

  /** Whether bytes may be pushed. */
  get isFlowing(): boolean {
    return this.state === 'flowing';
  }

  start(sink: BodySink): void {
    this.sink = sink;
    if (this.state === 'held') this.state = 'flowing';
    if (this.ending !== null) this.tellEnding();
    else if (this.state === 'flowing') this.owner.resumeBody();
  }

  pause(): void {
    if (this.state !== 'flowing' && this.state !== 'held') return;
    this.state = 'paused';
    this.owner.pauseBody();
  }

  resume(): void {
    if (this.state !== 'paused') return;
    this.state = this.sink === null ? 'held' : 'flowing';
    if (this.ending !== null) this.tellEnding();
    else if (this.state === 'flowing') this.owner.resumeBody();
  }

  cancel(reason: Error): void {
    if (this.state === 'over') return;
    this.state = 'over';
    this.sink = null;
    if (this.ending === null) this.owner.cancelBody(reason); // else the connection has the next call already
  }

  push(chunk: Uint8Array): void {
    if (this.sink !== null && !this.sink.write(chunk)) this.pause();
  }

  end(trailers: HeaderInit | undefined): void {
    this.ending = { trailers };
    if (this.state === 'flowing') this.tellEnding();
  }

  fail(error: Error): void {
    this.ending = { error };
    if (this.sink !== null) this.tellEnding();
  }

  private tellEnding(): void {
    const { sink, ending } = this;
    if (sink === null || ending === null || this.state === 'over') return;
    this.state = 'over';
    this.sink = null;
    if ('error' in ending) sink.fail(ending.error);
    else sink.end(ending.trailers);
  }
}
