import type { BodySink, HeaderInit, PushBody } from '@windhover/core';
import { HttpHeaders } from '@windhover/core';
import { connectError } from './errors.ts';
import type { HookableResponse, ResponseMethods } from './response-hooks.ts';

/** Writes a pushed body to Node's response at the client's pace. */
export class ResponseBodyWriter implements BodySink {
  bytesSent = 0;
  private body: PushBody | null = null;
  private isFull = false;
  private isOver = false;
  private readonly response: HookableResponse;
  private readonly below: ResponseMethods;
  private readonly trailers: (() => HeaderInit) | null;
  private readonly length: number | null;
  private readonly onFailed: (error: Error) => void;

  /** @param length the length that the head announced */
  constructor(
    response: HookableResponse,
    below: ResponseMethods,
    length: number | null,
    trailers: (() => HeaderInit) | null,
    onFailed: (error: Error) => void,
  ) {
    this.response = response;
    this.below = below;
    this.length = length;
    this.trailers = trailers;
    this.onFailed = onFailed;
  }

  run(body: PushBody): void {
    this.body = body;
    this.response.on('drain', () => {
      // The application's own writes cause the same event.
      if (!this.isFull || this.response.writableNeedDrain) return;
      this.isFull = false;
      body.resume();
    });
    try {
      body.start(this);
    } catch (error) {
      this.fail(error as Error);
    }
    // Send the head without waiting for the first byte: a stream may stay silent for a long time.
    if (this.bytesSent === 0 && !this.response.finished) this.below.flushHeaders.call(this.response);
  }

  write(chunk: Uint8Array, given?: boolean): boolean {
    if (this.isOver || this.response.destroyed) return false;
    if (!(chunk instanceof Uint8Array)) {
      return this.refuse(connectError('CONNECT_RESPONSE_INVALID', `a chunk of the body is of type ${typeof chunk}`));
    }
    const { byteLength } = chunk;
    if (this.length !== null && this.bytesSent + byteLength > this.length) {
      return this.refuse(connectError('CONNECT_LENGTH_MISMATCH', `more than the ${this.length} bytes announced`));
    }
    this.bytesSent += byteLength;
    const isOpen = this.below.write.call(this.response, given === true ? chunk : Buffer.from(chunk), 'utf8');
    if (!isOpen) this.isFull = true;
    return isOpen;
  }

  end(trailers?: HeaderInit): void {
    if (this.isOver || this.response.destroyed) return;
    if (this.length !== null && this.bytesSent !== this.length) {
      this.fail(connectError('CONNECT_LENGTH_MISMATCH', `${this.bytesSent} bytes, ${this.length} were announced`));
      return;
    }
    try {
      const last = this.trailers?.() ?? trailers;
      if (last !== undefined) this.response.addTrailers([...new HttpHeaders(last)] as [string, string][]);
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    this.below.end.call(this.response);
  }

  private refuse(error: Error): boolean {
    this.fail(error);
    this.body?.cancel(error);
    return false;
  }

  /** Cuts the message off: the head cannot be taken back, and nobody may take the message for complete. */
  fail(error: Error): void {
    this.isOver = true;
    this.onFailed(error);
    setImmediate(() => this.response.destroy()); // lets earlier writes leave first
  }
}
