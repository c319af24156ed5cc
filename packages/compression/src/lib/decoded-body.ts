import type { HeaderInit, PushBody } from '@windhover/core';
import type { Codec, Coder, Coding } from './codec.ts';
import { CodedBody } from './coded-body.ts';
import { compressionError } from './errors.ts';

/** What a decompressed body may be. */
export interface DecodingLimits {
  /** Bytes after decompression; `null`: no limit. */
  readonly maxBytes: number | null;
  /** Bytes after decompression for each byte before it; `null`: no limit. */
  readonly maxRatio: number | null;
}

/** Below this size no ratio is too large: a short text of spaces is not an attack. */
const ratioFromBytes = 1024 * 1024;

/** Decompresses another body while it is read, within limits. It fails with an `HttpError`. */
export class DecodedBody extends CodedBody {
  private readonly codec: Codec;
  private readonly coding: Coding;
  private readonly limits: DecodingLimits;
  private bytesIn = 0;
  private bytesOut = 0;
  private isFinished = false;
  private hasEnded = false;
  private trailers: HeaderInit | undefined = undefined;

  constructor(source: PushBody, codec: Codec, coding: Coding, limits: DecodingLimits) {
    super(source);
    this.codec = codec;
    this.coding = coding;
    this.limits = limits;
  }

  end(trailers?: HeaderInit): void {
    if (this.isOver) return;
    this.hasEnded = true;
    this.trailers = trailers;
    if (this.isFinished) this.complete();
    else this.open().end();
  }

  finished(): void {
    if (this.isOver) return;
    this.isFinished = true;
    if (this.hasEnded) this.complete();
  }

  override coded(chunk: Uint8Array): void {
    if (this.isOver) return;
    this.bytesOut += chunk.byteLength;
    const { maxBytes, maxRatio } = this.limits;
    if (maxBytes !== null && this.bytesOut > maxBytes)
      super.broken(compressionError('COMPRESSION_BODY_TOO_LARGE', `at most ${maxBytes} bytes are accepted here`));
    else if (maxRatio !== null && this.bytesOut > ratioFromBytes && this.bytesOut > maxRatio * this.bytesIn)
      super.broken(compressionError('COMPRESSION_RATIO_EXCEEDED', `at most ${maxRatio} to 1 is accepted here`));
    else super.coded(chunk);
  }

  override broken(cause: Error): void {
    super.broken(compressionError('COMPRESSION_BODY_INVALID', `${this.coding}: ${cause.message}`, { cause }));
  }

  protected take(chunk: Uint8Array): void {
    this.bytesIn += chunk.byteLength;
    if (!this.isFinished) this.feed(this.open(), chunk);
    else if (chunk.byteLength > 0) this.refuseRest();
  }

  /** A body that nobody reads needs no decoder. */
  private open(): Coder {
    this.coder ??= this.codec.createDecoder(this.coding, this);
    return this.coder;
  }

  /** Bytes behind the coded data could be read by another program, so they are not ignored. */
  private complete(): void {
    if (this.coder!.bytesUsed < this.bytesIn) this.refuseRest();
    else this.finish(this.trailers);
  }

  private refuseRest(): void {
    this.broken(new Error('there are bytes after its end'));
  }
}
