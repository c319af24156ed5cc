import type { BodySink, PushBody } from '@windhover/core';
import { fetchError } from './errors.ts';

/** Counts the bytes of a body, and fails if their number differs from the announced length, so that an incomplete message never looks complete. */
export class CountedBody implements PushBody {
  readonly length: number | null;
  bytesSent = 0;
  private readonly body: PushBody;
  private isOver = false;

  /** @param length the length that the head announces; `null`: none */
  constructor(body: PushBody, length: number | null) {
    this.body = body;
    this.length = length;
  }

  start(sink: BodySink): void {
    this.body.start({
      write: (chunk, given) => this.write(sink, chunk, given),
      end: (trailers) => {
        if (this.isOver) return;
        if (this.length === null || this.bytesSent === this.length) sink.end(trailers);
        else sink.fail(this.mismatch());
      },
      fail: (error) => {
        if (!this.isOver) sink.fail(error);
      },
    });
  }

  pause(): void {
    this.body.pause();
  }

  resume(): void {
    this.body.resume();
  }

  cancel(reason: Error): void {
    this.body.cancel(reason);
  }

  private write(sink: BodySink, chunk: Uint8Array, given: boolean | undefined): boolean {
    if (this.isOver) return false;
    this.bytesSent += chunk.byteLength;
    if (this.length === null || this.bytesSent <= this.length) return sink.write(chunk, given);
    const error = this.mismatch();
    this.isOver = true;
    this.body.cancel(error);
    sink.fail(error);
    return false;
  }

  private mismatch(): Error {
    return fetchError('FETCH_RESPONSE_INVALID', `${this.bytesSent} bytes so far, ${this.length} were announced`);
  }
}
