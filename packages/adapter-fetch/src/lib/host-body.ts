import { type BodySink, type PushBody, toPushBody } from '@windhover/core';

/** The body of the host's Response, untouched until a middleware reads it. */
export class HostBody implements PushBody {
  readonly length: number | null = null;
  /** Whether nobody has touched the body, so that the host's Response can be passed on. */
  isUntouched = true;
  private readonly stream: ReadableStream<Uint8Array>;
  private body: PushBody | null = null;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.stream = stream;
  }

  start(sink: BodySink): void {
    this.open().start(sink);
  }

  pause(): void {
    this.open().pause();
  }

  resume(): void {
    this.open().resume();
  }

  cancel(reason: Error): void {
    this.open().cancel(reason);
  }

  private open(): PushBody {
    this.isUntouched = false;
    this.body ??= toPushBody(this.stream as AsyncIterable<Uint8Array>);
    return this.body;
  }
}
