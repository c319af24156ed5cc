import type { Http2Stream } from './http2-stream.ts';

/** Streams that have more to send than they were allowed, in the order of RFC 9218 §10. */
export class SendQueue {
  readonly #streams: Http2Stream[] = [];

  get length(): number {
    return this.#streams.length;
  }

  /**
   * Adds a stream behind those of its urgency, so that they take turns. Only those that are not incremental stand in the
   * order of their ids, so that one is sent to its end before the next.
   */
  add(stream: Http2Stream): void {
    const streams = this.#streams;
    let at = streams.length;
    while (at > 0 && isBefore(stream, streams[at - 1]!)) at--;
    streams.splice(at, 0, stream);
    stream.isQueued = true;
  }

  take(): Http2Stream | undefined {
    const stream = this.#streams.shift();
    if (stream !== undefined) stream.isQueued = false;
    return stream;
  }

  remove(stream: Http2Stream): void {
    if (!stream.isQueued) return;
    this.#streams.splice(this.#streams.indexOf(stream), 1);
    stream.isQueued = false;
  }
}

function isBefore(one: Http2Stream, other: Http2Stream): boolean {
  if (one.urgency !== other.urgency) return one.urgency < other.urgency;
  return !one.isIncremental && !other.isIncremental && one.id < other.id;
}
