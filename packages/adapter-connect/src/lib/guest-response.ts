import { Buffer } from 'node:buffer'; // the global one is a getter, which every request would pay
import { ServerResponse } from 'node:http';
import { type Body, disposeBody, type HeaderInit, HttpHeaders, type PushBody, toPushBody } from '@windhover/core';
import { dropTrailer, lengthOf, setLength } from './content-length.ts';
import { connectError } from './errors.ts';
import { HeldAnswer, type HeldAnswerOwner } from './held-answer.ts';
import type { LiveResponse } from './live-response.ts';
import type { Write } from './outgoing-body.ts';
import { ResponseBodyWriter } from './response-body-writer.ts';
import { isOver } from './response-end.ts';
import type { HookableResponse } from './response-hooks.ts';

/** Bytes up to this size join their head. */
const joinedBytes = 4096;
/** What `end` is where nobody has hooked it: those who did may look at what they are given. */
const plainEnd = ServerResponse.prototype.end;
const { latin1Slice } = Buffer.prototype;

/** Who hears of the response. */
export interface GuestResponseOwner extends HeldAnswerOwner {
  /** A body that was sent in place of the application's failed. */
  bodyFailed(error: Error): void;
}

/** Sends an answer as Node's response: the application's own the way it always went, or what middleware has put in its place. */
export class GuestResponse {
  readonly answer: HeldAnswer;
  private readonly response: LiveResponse;
  private readonly message: HookableResponse;
  private readonly owner: GuestResponseOwner;
  /** A stream that is sent in place of the application's answer. */
  private replacement: PushBody | null = null;
  private writer: ResponseBodyWriter | null = null;
  /** Bytes of a replacement that is no stream. */
  private replacedBytes = 0;

  constructor(response: LiveResponse, message: HookableResponse, owner: GuestResponseOwner) {
    this.response = response;
    this.message = message;
    this.owner = owner;
    this.answer = new HeldAnswer(message, owner);
  }

  /** Whether the answer has left, or never will. */
  get isOver(): boolean {
    return isOver(this.message);
  }

  /** Whether Node has a head of it. */
  get hasHead(): boolean {
    return this.answer.state === 'sent' && this.message._header !== null;
  }

  get bytesSent(): number {
    return this.writer?.bytesSent ?? this.answer.bytesPassed + this.replacedBytes;
  }

  inform(status: number, headers: HeaderInit): void {
    if (this.answer.state !== 'open' || this.message.req.httpVersion === '1.0') return;
    const fields = new HttpHeaders(headers);
    const hints: Record<string, string | string[]> = {};
    for (const [name] of fields) hints[name.toLowerCase()] = fields.getAll(name);
    if (status === 102) this.message.writeProcessing();
    else if (status === 103) this.message.writeEarlyHints(hints);
  }

  take(): void {
    this.answer.take(this.response, this.isHead);
  }

  /** Throws what Node refuses it with, for a status that is none for instance. */
  send(): void {
    const { message, response, answer } = this;
    const isOwn = answer.isOwn(response.body);
    answer.state = 'sent';
    message._header = null;
    message.finished = false;
    setConnection(message, response.closeConnection);
    if (message.statusCode !== response.status) {
      message.statusCode = response.status;
      message.statusMessage = ''; // the phrase of another status
    }
    if (isOwn) this.passOn(answer.release());
    else this.replace(response.takeBody());
  }

  /** Lets go of what is being sent. */
  letGo(reason: Error): void {
    this.replacement?.cancel(reason);
    this.answer.fail(reason);
  }

  private get isHead(): boolean {
    return this.message.req.method === 'HEAD';
  }

  /** Nobody touched the body. */
  private passOn(held: Write[]): void {
    const { message, answer, response } = this;
    if (answer.isOtherLength(response.declaredLength)) setLength(message, response.declaredLength);
    const isWhole = answer.isEnded && held.length <= 1;
    if (response.status === 204) setLength(message, null);
    else if (isWhole && response.status !== 304) this.announce(held[0]);
    dropTrailer(message);
    answer.below.writeHead.call(message, response.status);
    if (isWhole && held.length === 1 && held[0]!.callback === null) this.endWith(held[0]!);
    else this.passWrites(held);
  }

  private passWrites(held: Write[]): void {
    const { message, answer } = this;
    const { below, isEnded } = answer;
    if (answer.isFlushed && held.length === 0 && !isEnded) below.flushHeaders.call(message);
    let isOpen = true;
    for (const { data, encoding, callback } of held.splice(0)) {
      answer.passed(data, encoding);
      isOpen = below.write.call(message, data, encoding, callback ?? undefined);
    }
    if (isEnded) below.end.call(message);
    else if (isOpen) answer.bodyDrained();
  }

  /** Text joins the head in one write, where bytes would be gathered: 4 µs of an Express answer of 45. */
  private endWith({ data, encoding }: Write): void {
    const { message, answer } = this;
    const { below } = answer;
    answer.passed(data, encoding);
    const isJoined = typeof data !== 'string' && data.byteLength <= joinedBytes && below.end === plainEnd;
    if (isJoined) below.end.call(message, latin1Slice.call(data, 0, data.byteLength), 'latin1');
    else below.end.call(message, data, encoding);
  }

  /** Node would have announced it too, had it seen the end together with the head. */
  private announce(only: Write | undefined): void {
    const { message } = this;
    if (message.hasHeader('content-length') || message.hasHeader('transfer-encoding')) return;
    if (this.isHead || message._trailer !== '' || message.hasHeader('trailer')) return;
    message.setHeader('Content-Length', only === undefined ? 0 : Buffer.byteLength(only.data, only.encoding));
  }

  private replace(body: Body): void {
    const { message, answer, response } = this;
    const { status } = response;
    const length = lengthOf(this.isHead, response, body);
    answer.replace();
    setLength(message, status === 204 ? null : status === 304 ? response.declaredLength : length);
    dropTrailer(message);
    answer.below.writeHead.call(message, status);
    if (this.isHead || status === 204 || status === 304) {
      disposeBody(body, new Error('The answer has no body'));
      answer.below.end.call(message);
    } else if (body === null || typeof body === 'string' || body instanceof Uint8Array) {
      this.replacedBytes = length ?? 0;
      answer.below.end.call(message, body ?? '', 'utf8');
    } else this.push(toPushBody(body), length);
  }

  private push(body: PushBody, length: number | null): void {
    const { message, answer, response, owner } = this;
    owner.streamBegun();
    if (this.isOver) {
      disposeBody(body, connectError('CONNECT_CLIENT_LEFT'));
      return;
    }
    this.replacement = body;
    const failed = (error: Error): void => owner.bodyFailed(error);
    this.writer = new ResponseBodyWriter(message, answer.below, length, response.trailers, failed);
    this.writer.run(body);
  }
}

/** RFC 9110 §7.8: `Connection` has to name an `Upgrade` that is for this connection only. */
function setConnection(message: HookableResponse, isLast: boolean): void {
  const offersUpgrade = message.hasHeader('upgrade') && !message.hasHeader('connection');
  if (!offersUpgrade && !isLast) return;
  const isClosed = isLast || !message.shouldKeepAlive; // Node keeps a connection whose `Connection` says nothing of `close`
  message.setHeader('Connection', offersUpgrade ? (isClosed ? 'upgrade, close' : 'upgrade') : 'close');
}
