import { Buffer } from 'node:buffer'; // the global `Buffer` is a getter, which would cost time on every request
import type { Body } from '@windhover/core';
import { announcedLength } from './content-length.ts';
import type { LiveResponse } from './live-response.ts';
import { OutgoingBody, type OutgoingBodyOwner, type Write } from './outgoing-body.ts';
import {
  type HookableResponse,
  type HookOwner,
  hookResponse,
  methodsOf,
  type ResponseMethods,
} from './response-hooks.ts';
import { toTrailers } from './to-trailers.ts';
import { unknownLength } from './unknown-length.ts';

/** Is told what the application decides. */
export interface HeldAnswerOwner {
  /** The application has decided its head. */
  headDecided(): void;
  /** The application writes a stream: from now on somebody has to notice if the client leaves. */
  streamBegun(): void;
}

/** The application's answer to Node's response, held back until the middleware around it has seen it. */
export class HeldAnswer implements HookOwner, OutgoingBodyOwner {
  readonly below: ResponseMethods;
  isReplaced = false;
  state: 'open' | 'held' | 'sent' = 'open';
  isEnded = false;
  isFlushed = false;
  /** Bytes of the application's own body that were passed straight to Node. */
  bytesPassed = 0;
  private readonly message: HookableResponse;
  private readonly owner: HeldAnswerOwner;
  private isTaken = false;
  private held: Write[] = [];
  private heldBytes = 0;
  private needsDrain = false;
  /** The body as the application gave it, to detect later whether a middleware changed it. */
  private takenBody: Body = null;
  private takenLength: number | null = null;
  /** The application's body as a stream; set when the answer is taken before it is complete. */
  private stream: OutgoingBody | null = null;

  constructor(message: HookableResponse, owner: HeldAnswerOwner) {
    this.message = message;
    this.owner = owner;
    this.below = methodsOf(message);
    hookResponse(message, this);
  }

  get isTaking(): boolean {
    return this.state !== 'sent';
  }

  headDecided(): void {
    if (this.state !== 'open') return;
    this.state = 'held';
    this.message._header = 'held'; // makes Node believe that the head is sent
    this.owner.headDecided();
  }

  flushed(): void {
    this.isFlushed = true;
  }

  wrote(write: Write): boolean {
    const { writableHighWaterMark } = this.message;
    let isOpen = true;
    if (this.stream !== null) isOpen = this.stream.write(write, writableHighWaterMark);
    else if (this.isReplaced) {
      if (write.callback !== null) process.nextTick(write.callback); // nobody reads this data
    } else {
      if (this.held.length === 0)
        this.held = [write]; // a push to an empty array would allocate room for a dozen
      else this.held.push(write);
      this.heldBytes += write.data.length;
      isOpen = this.heldBytes < writableHighWaterMark;
    }
    if (!isOpen) this.needsDrain = true;
    return isOpen;
  }

  ended(): void {
    this.isEnded = true;
    this.stream?.end(toTrailers(this.message._trailer));
  }

  passed(chunk: string | Uint8Array, encoding: BufferEncoding | undefined): void {
    if (!this.message._hasBody) return;
    this.bytesPassed += typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.byteLength;
  }

  bodyDrained(): void {
    if (!this.needsDrain) return;
    this.needsDrain = false;
    process.nextTick(() => {
      if (!this.isEnded && !this.message.destroyed) this.message.emit('drain');
    });
  }

  bodyWaits(): void {
    // Node has no property for bytes that have not reached its socket.
  }

  bodyCancelled(): void {
    this.stream = null;
    this.bodyDrained();
  }

  /** Copies the application's answer into our response, once. */
  take(response: LiveResponse, isHead: boolean): void {
    if (this.isTaken || this.state !== 'held') return;
    this.isTaken = true;
    const { message } = this;
    response.take();
    response.status = message.statusCode;
    const announced = announcedLength(message);
    const isEmpty = response.status === 204 || response.status === 304;
    if (isEmpty) response.body = null;
    else if (isHead) response.body = announced === null ? unknownLength : null;
    else response.body = this.takeContent(announced);
    if (isEmpty || isHead) response.declaredLength = announced; // a body that is present knows its own length
    this.takenBody = response.body;
    this.takenLength = response.declaredLength;
  }

  /** From now on the application's answer is ignored. */
  ignore(): void {
    this.isTaken = true;
  }

  /** Whether `body` is still the one that the application wrote. */
  isOwn(body: Body): boolean {
    return this.isTaken && body === this.takenBody && this.state !== 'open';
  }

  /** Whether `length` differs from the one that the application announced. */
  isOtherLength(length: number | null): boolean {
    return length !== this.takenLength;
  }

  /** Returns all held writes, to be sent. Later writes go straight to Node. */
  release(): Write[] {
    this.stream = null;
    return this.held;
  }

  /**
   * Another body is sent instead. The application's writes, past and future, go to the stream if a middleware wraps it, and are discarded
   * otherwise.
   */
  replace(): void {
    this.isReplaced = true;
    for (const { callback } of this.stream === null ? this.held.splice(0) : []) {
      if (callback !== null) process.nextTick(callback);
    }
  }

  fail(error: Error): void {
    this.stream?.fail(error);
  }

  private takeContent(announced: number | null): Body {
    const only = this.held[0];
    if (this.isEnded && this.held.length <= 1 && this.message._trailer === '') {
      if (only === undefined) return null;
      const { data, encoding } = only;
      return typeof data === 'string' && !/^utf-?8$/i.test(encoding) ? Buffer.from(data, encoding) : data;
    }
    this.owner.streamBegun();
    this.stream = new OutgoingBody(announced, this.held, this.heldBytes, this);
    if (this.isEnded) this.stream.end(toTrailers(this.message._trailer));
    return this.stream;
  }
}
