import { Buffer } from 'node:buffer'; // the global one is a getter, which every request would pay
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

/** Who hears of what the application decides. */
export interface HeldAnswerOwner {
  /** Its head is decided. */
  headDecided(): void;
  /** It writes a stream: whoever leaves in the middle of it has to be noticed. */
  streamBegun(): void;
}

/** What the application writes to Node's response, held back until the middleware around it has seen it. */
export class HeldAnswer implements HookOwner, OutgoingBodyOwner {
  readonly below: ResponseMethods;
  isReplaced = false;
  state: 'open' | 'held' | 'sent' = 'open';
  isEnded = false;
  isFlushed = false;
  /** Bytes of the application's own that went straight through. */
  bytesPassed = 0;
  private readonly message: HookableResponse;
  private readonly owner: HeldAnswerOwner;
  private isTaken = false;
  private held: Write[] = [];
  private heldBytes = 0;
  private needsDrain = false;
  /** The answer as the application gave it, to know later what was changed. */
  private takenBody: Body = null;
  private takenLength: number | null = null;
  /** What it writes as a stream: there once it is taken and not complete. */
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
    this.message._header = 'held'; // Node takes the head for sent until it is
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
      if (write.callback !== null) process.nextTick(write.callback); // nobody wants it
    } else {
      if (this.held.length === 0)
        this.held = [write]; // a first push would make room for a dozen
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
    // Node has no word for bytes that are not with its socket yet.
  }

  bodyCancelled(): void {
    this.stream = null;
    this.bodyDrained();
  }

  /** Brings what the application has decided into our response, once. */
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
    if (isEmpty || isHead) response.declaredLength = announced; // a body that is there knows its length
    this.takenBody = response.body;
    this.takenLength = response.declaredLength;
  }

  /** Whatever the application decides is not the answer any more. */
  ignore(): void {
    this.isTaken = true;
  }

  /** Whether the body of the answer is what the application wrote. */
  isOwn(body: Body): boolean {
    return this.isTaken && body === this.takenBody && this.state !== 'open';
  }

  /** Whether another length is declared than the application announced. */
  isOtherLength(length: number | null): boolean {
    return length !== this.takenLength;
  }

  /** All that was written, to be sent on; what comes later goes straight through. */
  release(): Write[] {
    this.stream = null;
    return this.held;
  }

  /** Something else is sent: what was written, and will be, goes to a stream that somebody wraps, or nowhere. */
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
