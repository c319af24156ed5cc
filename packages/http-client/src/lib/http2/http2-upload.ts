import { type BodySink, type HeaderInit, HttpHeaders, type PushBody } from '@windhover/core';
import type { Http2Stream } from '@windhover/http2-codec';

/** Sends a request body as fast as the upstream's windows allow. Keeps what they did not. */
export class Http2Upload implements BodySink {
  private readonly stream: Http2Stream;
  private readonly body: PushBody;
  private readonly length: number | null;
  private readonly isTrailerBarred: ((name: string) => boolean) | undefined;
  private readonly finish: (error?: Error) => void;
  private bytes = 0;
  private readonly kept: Uint8Array[] = [];
  private trailers: readonly string[] | null = null;
  private isOver = false;

  /** @param finish runs once, when the body is sent or has failed */
  constructor(
    stream: Http2Stream,
    body: PushBody,
    length: number | null,
    isTrailerBarred: ((name: string) => boolean) | undefined,
    finish: (error?: Error) => void,
  ) {
    this.stream = stream;
    this.body = body;
    this.length = length;
    this.isTrailerBarred = isTrailerBarred;
    this.finish = finish;
  }

  get isBlocked(): boolean {
    return this.kept.length > 0;
  }

  write(chunk: Uint8Array): boolean {
    if (this.isOver) return false;
    if (!(chunk instanceof Uint8Array)) return this.refuse(`gave a chunk of type ${typeof chunk}`);
    this.bytes += chunk.byteLength;
    if (this.length !== null && this.bytes > this.length)
      return this.refuse(`has more than the ${this.length} bytes announced`);
    const sent = this.kept.length > 0 ? 0 : this.stream.write(chunk, false);
    if (sent < chunk.byteLength) this.kept.push(new Uint8Array(chunk.subarray(sent)));
    return this.kept.length === 0;
  }

  end(trailers?: HeaderInit): void {
    if (this.isOver || this.trailers !== null) return;
    if (this.length !== null && this.bytes < this.length) {
      this.fail(new Error(`The request body ended at byte ${this.bytes} of ${this.length}`));
      return;
    }
    this.trailers = new HttpHeaders(trailers).fields.filter((_part, index, fields) => {
      return this.isTrailerBarred?.(fields[index - (index % 3)]!) !== true;
    });
    if (this.kept.length === 0) this.sendEnd();
  }

  fail(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.finish(error);
  }

  /** The windows have opened. */
  writable(): void {
    if (this.isOver) return;
    while (this.kept.length > 0) {
      const first = this.kept[0]!;
      const sent = this.stream.write(first, false);
      if (sent < first.byteLength) {
        this.kept[0] = first.subarray(sent);
        return;
      }
      this.kept.shift();
    }
    if (this.trailers !== null) this.sendEnd();
    else this.body.resume();
  }

  /** Stops sending. Returns the body if it was not over, to be cancelled or sent again. */
  detach(): PushBody | null {
    if (this.isOver) return null;
    this.isOver = true;
    return this.trailers === null ? this.body : null;
  }

  private sendEnd(): void {
    this.isOver = true;
    if (this.trailers!.length > 0) this.stream.trailers(this.trailers!);
    else this.stream.write('', true);
    this.finish();
  }

  private refuse(why: string): boolean {
    this.isOver = true;
    const error = new Error(`The request body ${why}`);
    this.body.cancel(error);
    this.finish(error);
    return false;
  }
}
