import { type BodySink, type HeaderInit, HttpHeaders, type PushBody } from '@windhover/core';
import { toError } from '@windhover/core/engine';
import type { Http2Stream } from '@windhover/http2-codec';
import { serverError } from '../errors.ts';
import { KeptBytes } from '../kept-bytes.ts';
import { startBeforeHead } from '../start-before-head.ts';

/** Sends a streamed body: counts its bytes, and keeps what the client's windows do not take yet. */
export class Http2Sink implements BodySink {
  bytesSent = 0;
  private readonly stream: Http2Stream;
  private readonly length: number | null;
  private readonly body: PushBody;
  private readonly trailers: (() => HeaderInit) | null;
  private readonly owner: Http2SinkOwner;
  private readonly kept = new KeptBytes();
  private isStarted = false;
  private isOver = false;
  /** Set when the body has ended: the fields that follow its last byte, if there are any. */
  private ending: readonly string[] | null = null;

  /** @param length the number of bytes that the head announces, `null` if it announces none */
  constructor(
    stream: Http2Stream,
    length: number | null,
    body: PushBody,
    trailers: (() => HeaderInit) | null,
    owner: Http2SinkOwner,
  ) {
    this.stream = stream;
    this.length = length;
    this.body = body;
    this.trailers = trailers;
    this.owner = owner;
  }

  /**
   * Starts the body; if nothing can be sent now, when its turn comes: a file is not read to lie in memory. With
   * `sendHead` it is started at once, before the head is sent.
   */
  start(sendHead?: () => void): void {
    if (sendHead === undefined && this.length !== 0 && !this.stream.mayWrite()) {
      this.owner.sinkWaits();
      return;
    }
    this.isStarted = true;
    try {
      if (sendHead === undefined) this.body.start(this);
      else startBeforeHead(this.body, this, sendHead);
    } catch (error) {
      this.fail(toError(error));
    }
  }

  /** Bytes that wait for the client. */
  get keptBytes(): number {
    return this.kept.size;
  }

  /** Whether the client has to take something before more is sent. */
  get isWaiting(): boolean {
    return !this.isOver && (this.kept.size > 0 || !this.isStarted);
  }

  write(chunk: Uint8Array, given?: boolean): boolean {
    if (this.isOver) return false;
    if (!(chunk instanceof Uint8Array))
      return this.refuse(serverError('SERVER_RESPONSE_INVALID', `a chunk of the body is of type ${typeof chunk}`));
    const size = chunk.byteLength;
    const { length } = this;
    if (length !== null && this.bytesSent + size > length)
      return this.refuse(serverError('SERVER_BODY_LENGTH_MISMATCH', `more than the ${length} bytes announced`));
    this.bytesSent += size;
    const admitted = this.kept.size > 0 || size === 0 ? 0 : this.stream.write(chunk, false);
    if (admitted === size) return this.kept.size === 0;
    const rest = chunk.subarray(admitted);
    this.kept.add(given === true ? rest : new Uint8Array(rest));
    this.owner.sinkWaits();
    return false;
  }

  end(trailers?: HeaderInit): void {
    if (this.isOver || this.ending !== null) return;
    const { length } = this;
    if (length !== null && this.bytesSent !== length) {
      this.fail(serverError('SERVER_BODY_LENGTH_MISMATCH', `${this.bytesSent} bytes, ${length} were announced`));
      return;
    }
    try {
      const fields = this.trailers?.() ?? trailers;
      this.ending = fields === undefined ? [] : new HttpHeaders(fields).fields;
    } catch (error) {
      this.fail(serverError('SERVER_RESPONSE_INVALID', 'the trailers', error));
      return;
    }
    if (this.kept.size === 0) this.finish(this.ending);
  }

  /** The head has already been sent, so the stream is reset: the client must not take the message for complete. */
  fail(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.owner.sinkEnded(error);
  }

  /** The client's windows have room again. */
  writable(): void {
    if (this.isOver) return;
    if (this.kept.size > 0) {
      const bytes = this.kept.take();
      const admitted = this.stream.write(bytes, false);
      if (admitted < bytes.byteLength) {
        this.kept.add(bytes.subarray(admitted));
        return;
      }
    }
    this.owner.sinkGoesOn();
    if (!this.isStarted) this.start();
    else if (this.ending !== null) this.finish(this.ending);
    else this.body.resume();
  }

  /** Cancels the body, because the client is gone. */
  cancel(reason: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.body.cancel(reason);
  }

  private finish(trailers: readonly string[]): void {
    this.isOver = true;
    if (trailers.length > 0) {
      this.owner.sinkHasTrailers(trailers);
      this.stream.trailers(trailers);
    } else this.stream.write('', true);
    this.owner.sinkEnded(undefined);
  }

  private refuse(error: Error): boolean {
    this.body.cancel(error);
    this.fail(error);
    return false;
  }
}

/** The exchange, as its sink sees it. */
export interface Http2SinkOwner {
  /** The body waits for the client. */
  sinkWaits(): void;
  /** The client has taken everything. */
  sinkGoesOn(): void;
  /** Fields follow the last byte. */
  sinkHasTrailers(fields: readonly string[]): void;
  /** The body is sent; with an error it ended too early. */
  sinkEnded(error: Error | undefined): void;
}
