import type { IncomingMessage } from 'node:http';
import type { BodySink, PushBody } from '@windhover/core';

/** The body of a request that Node reads. This never reads past the end of the stream, so that the next reader of the body still gets `'end'`. */
export class MessageBody implements PushBody {
  readonly length: number | null;
  /** Bytes of the last chunk, which stay in the stream: an empty stream that has ended would emit `'end'` at the next opportunity. */
  heldBytes = 0;
  isFinished = false;
  private readonly message: IncomingMessage;
  private sink: BodySink | null = null;
  private isPaused = false;
  private isPumping = false;
  private readonly pumpListener = (): void => this.pump();
  private readonly closeListener = (): void => {
    const isGiven = this.heldBytes > 0 || this.message.readableLength === 0;
    if (this.message.complete && isGiven)
      this.pump(); // the end may have to wait for resume()
    else this.fail();
  };

  constructor(message: IncomingMessage) {
    const announced = message.headers['content-length'];
    this.length = announced === undefined ? null : Number(announced);
    this.message = message;
  }

  start(sink: BodySink): void {
    this.sink = sink;
    this.message.on('readable', this.pumpListener);
    this.message.on('close', this.closeListener);
    if (this.message.destroyed) this.fail();
    else this.pump();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.pump();
  }

  cancel(): void {
    this.stop();
  }

  private pump(): void {
    if (this.isPumping) return;
    this.isPumping = true;
    const { message } = this;
    while (this.sink !== null && !this.isPaused && this.heldBytes === 0 && message.readableLength > 0) {
      // Read exactly what is buffered: asking for more would end the stream.
      const chunk = message.read(message.readableLength) as Buffer;
      if (message.complete && message.readableLength === 0) {
        message.unshift(chunk);
        this.heldBytes = chunk.byteLength;
        if (this.sink.write(chunk) === false) this.isPaused = true;
        break;
      }
      if (this.sink.write(chunk, true) === false) this.isPaused = true;
    }
    this.isPumping = false;
    if (this.sink === null || this.isPaused) return;
    if (this.heldBytes > 0) this.finish();
    else if (message.readableLength > 0) return;
    else if (message.complete) this.finish();
    else message.read(0); // makes Node fetch more
  }

  private fail(): void {
    const { sink } = this;
    this.stop();
    sink?.fail(Object.assign(new Error('The client left during its request'), { code: 'ECONNRESET' }));
  }

  private finish(): void {
    const { sink, message } = this;
    this.isFinished = true;
    this.stop();
    const trailers = Object.entries(message.trailers) as [string, string][];
    sink!.end(trailers.length === 0 ? undefined : trailers);
  }

  private stop(): void {
    this.sink = null;
    this.message.off('readable', this.pumpListener);
    this.message.off('close', this.closeListener);
  }
}
