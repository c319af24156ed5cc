import { type BodySink, type HeaderInit, HttpHeaders, type PushBody } from '@windhover/core';
import { endToEnd } from './hop-by-hop.ts';

/** Wraps a body and removes trailers whose names the `Connection` field of its answer lists. */
export function withoutNominated(body: PushBody, nominated: ReadonlySet<string>): PushBody {
  return {
    length: body.length,
    start: (sink) => body.start(new Filter(sink, nominated)),
    pause: () => body.pause(),
    resume: () => body.resume(),
    cancel: (reason) => body.cancel(reason),
  };
}

class Filter implements BodySink {
  private readonly sink: BodySink;
  private readonly nominated: ReadonlySet<string>;

  constructor(sink: BodySink, nominated: ReadonlySet<string>) {
    this.sink = sink;
    this.nominated = nominated;
  }

  write(chunk: Uint8Array, given?: boolean): boolean {
    return this.sink.write(chunk, given);
  }

  end(trailers?: HeaderInit): void {
    this.sink.end(trailers === undefined ? undefined : endToEnd(new HttpHeaders(trailers), this.nominated));
  }

  fail(error: Error): void {
    this.sink.fail(error);
  }
}
