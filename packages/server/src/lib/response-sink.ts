import type { BodySink, HeaderInit, PushBody } from '@windhover/core';
import { HttpHeaders } from '@windhover/core';
import { chunkEnd, chunkHeader, lastChunk } from '@windhover/http-parser';
import { serverError } from './errors.ts';
import type { ResponseWriter } from './response-writer.ts';

/**
 * A larger write would delay the other connections of this worker, and a slow client would keep all of its memory in
 * use.
 */
const maxWriteBytes = 256 * 1024;

/** Sends a streamed body: frames it, counts its bytes, and passes the client's backpressure on to the body. */
export class ResponseSink implements BodySink {
  bytesSent = 0;
  private readonly writer: ResponseWriter;
  private readonly framing: number | 'chunked' | 'none';
  private readonly body: PushBody;
  private readonly finish: (error?: Error) => void;
  private readonly trailers: (() => HeaderInit) | null;
  private isOver = false;

  constructor(
    writer: ResponseWriter,
    framing: number | 'chunked' | 'none',
    body: PushBody,
    trailers: (() => HeaderInit) | null,
    finish: (error?: Error) => void,
  ) {
    this.writer = writer;
    this.framing = framing;
    this.body = body;
    this.trailers = trailers;
    this.finish = finish;
  }

  write(chunk: Uint8Array, given?: boolean): boolean {
    if (this.isOver) return false;
    if (!(chunk instanceof Uint8Array)) {
      return this.refuse(serverError('SERVER_RESPONSE_INVALID', `a chunk of the body is of type ${typeof chunk}`));
    }
    const size = chunk.byteLength;
    if (size === 0) return true;
    const { writer, framing } = this;
    if (typeof framing === 'number' && this.bytesSent + size > framing) {
      return this.refuse(serverError('SERVER_BODY_LENGTH_MISMATCH', `more than the ${framing} bytes announced`));
    }
    this.bytesSent += size;
    if (framing !== 'chunked') return writer.writePart(this.writeSlices(chunk, given), given);
    writer.hold();
    writer.write(chunkHeader(size));
    writer.write(this.writeSlices(chunk, given), given);
    return writer.writePart(chunkEnd);
  }

  end(trailers?: HeaderInit): void {
    if (this.isOver) return;
    const { framing } = this;
    if (typeof framing === 'number' && this.bytesSent !== framing) {
      this.fail(serverError('SERVER_BODY_LENGTH_MISMATCH', `${this.bytesSent} bytes, ${framing} were announced`));
      return;
    }
    if (framing === 'chunked') {
      try {
        this.writer.writePart(lastChunk(new HttpHeaders(this.trailers?.() ?? trailers).fields));
      } catch (error) {
        this.fail(serverError('SERVER_RESPONSE_INVALID', 'the trailers', error));
        return;
      }
    }
    this.isOver = true;
    this.finish();
  }

  /** The head has already been sent, so the message is cut off: the client must not take it for complete. */
  fail(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.finish(error);
  }

  /** Cancels the body, because the client is gone. */
  cancel(reason: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.body.cancel(reason);
  }

  private refuse(error: Error): boolean {
    this.body.cancel(error);
    this.fail(error);
    return false;
  }

  /** Writes all slices except the last one, which it returns. */
  private writeSlices(chunk: Uint8Array, given: boolean | undefined): Uint8Array {
    let start = 0;
    for (; chunk.byteLength - start > maxWriteBytes; start += maxWriteBytes) {
      this.writer.writePart(chunk.subarray(start, start + maxWriteBytes), given);
    }
    return start === 0 ? chunk : chunk.subarray(start);
  }
}
