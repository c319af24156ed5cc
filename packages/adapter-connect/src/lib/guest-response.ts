import { Buffer } from 'node:buffer'; // the global one is a getter, which every request would pay
import { ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import {
  type Body,
  disposeBody,
  type HeaderInit,
  type HttpContext,
  HttpError,
  HttpHeaders,
  type Logger,
  type PushBody,
  toPushBody,
} from '@windhover/core';
import { answerError, answerText } from './answer-error.ts';
import { announcedLength, dropTrailer, lengthOf, setLength } from './content-length.ts';
import { connectError } from './errors.ts';
import type { LiveResponse } from './live-response.ts';
import { OutgoingBody, type OutgoingBodyOwner, type Write } from './outgoing-body.ts';
import { ResponseBodyWriter } from './response-body-writer.ts';
import { isOver, onEnd } from './response-end.ts';
import {
  type HookableResponse,
  type HookOwner,
  hookResponse,
  methodsOf,
  type ResponseMethods,
} from './response-hooks.ts';
import { toTrailers } from './to-trailers.ts';
import { unknownLength } from './unknown-length.ts';

/** Bytes up to this size join their head. */
const joinedBytes = 4096;
/** What `end` is where nobody has hooked it: those who did may look at what they are given. */
const plainEnd = ServerResponse.prototype.end;
const { latin1Slice } = Buffer.prototype;

/** Who hears of the response. */
export interface GuestResponseOwner {
  headDecided(): void;
  clientLeft(reason: Error): void;
}

/** Node's response on its way through middleware: held back when the application decides its head, sent when they have seen it. */
export class GuestResponse implements HookOwner, OutgoingBodyOwner {
  readonly below: ResponseMethods;
  isReplaced = false;
  private readonly context: HttpContext;
  private readonly response: LiveResponse;
  private readonly message: HookableResponse;
  private readonly log: Logger;
  private readonly owner: GuestResponseOwner;
  /** When somebody asked for the end: most answers do without the clock. */
  private startedAt = 0;
  private state: 'open' | 'held' | 'sent' = 'open';
  private isTaken = false;
  /** What the application wrote so far. */
  private held: Write[] = [];
  private heldBytes = 0;
  private isEnded = false;
  private isFlushed = false;
  private needsDrain = false;
  /** The answer as the application gave it, to know later what was changed. */
  private takenBody: Body = null;
  private takenLength: number | null = null;
  /** What the application writes as a stream: there once it is taken and not complete. */
  private stream: OutgoingBody | null = null;
  /** What is sent instead. */
  private replacement: PushBody | null = null;
  /** `null` before it is sent, and where nobody had asked by then. */
  private headAt: number | null = null;
  private bytesSent = 0;
  private writer: ResponseBodyWriter | null = null;
  private failure: Error | null = null;
  private isWatched = false;

  constructor(
    context: HttpContext,
    response: LiveResponse,
    message: HookableResponse,
    log: Logger,
    owner: GuestResponseOwner,
  ) {
    this.context = context;
    this.response = response;
    this.message = message;
    this.log = log;
    this.owner = owner;
    this.below = methodsOf(message);
    hookResponse(message, this);
  }

  /** Whether the answer has left, or never will. */
  get isOver(): boolean {
    return isOver(this.message);
  }

  /** Tells of the end from now on. */
  watch(): void {
    if (this.isWatched) return;
    this.isWatched = true;
    this.startedAt = performance.now();
    onEnd(this.message, (isWritten) => this.closed(isWritten));
  }

  get isTaking(): boolean {
    return this.state !== 'sent';
  }

  /** Whether the application has decided its head. */
  get isDecided(): boolean {
    return this.state !== 'open';
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
    this.bytesSent += typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.byteLength;
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

  inform(status: number, headers: HeaderInit): void {
    if (this.isDecided || this.message.req.httpVersion === '1.0') return;
    const fields = new HttpHeaders(headers);
    const hints: Record<string, string | string[]> = {};
    for (const [name] of fields) hints[name.toLowerCase()] = fields.getAll(name);
    if (status === 102) this.message.writeProcessing();
    else if (status === 103) this.message.writeEarlyHints(hints);
  }

  /** Brings what the application has decided into our response, once. */
  take(): void {
    if (this.isTaken || this.state !== 'held') return;
    this.isTaken = true;
    const { message, response } = this;
    response.take();
    response.status = message.statusCode;
    const announced = announcedLength(message);
    const isEmpty = response.status === 204 || response.status === 304;
    const isHead = this.context.request.method === 'HEAD';
    if (isEmpty) response.body = null;
    else if (isHead) response.body = announced === null ? unknownLength : null;
    else response.body = this.takeContent(announced);
    if (isEmpty || isHead) response.declaredLength = announced; // a body that is there knows its length
    this.takenBody = response.body;
    this.takenLength = response.declaredLength;
  }

  /** A middleware failed: its error is the answer, as long as none has left. */
  failed(error: unknown): void {
    if (this.state === 'sent') return;
    this.take();
    this.isTaken = true;
    if (!HttpError.is(error)) this.failure = toError(error);
    answerError(this.context, error, this.log);
  }

  /** The application gave up after its head. */
  cut(error: unknown): void {
    if (this.isEnded) return;
    this.failure ??= toError(error);
    this.message.destroy();
  }

  /** Every middleware is done: the answer leaves. */
  send(): void {
    const { context, message } = this;
    const { response } = context;
    if (message.destroyed || this.state === 'sent') {
      response.reset();
      return;
    }
    if (!response.isAnswered) this.take();
    if (!response.isAnswered) answerText(response, 404, 'Not Found');
    try {
      context.emitHead();
      if (response.upgrade !== null) throw connectError('CONNECT_UPGRADE');
    } catch (error) {
      this.failed(error);
    }
    const isTheirs = this.isTaken && response.body === this.takenBody;
    this.state = 'sent';
    message._header = null;
    message.finished = false;
    setConnection(message, response.closeConnection);
    if (message.statusCode !== response.status) {
      message.statusCode = response.status;
      message.statusMessage = ''; // the phrase of another status
    }
    this.headAt = context.hasSentListeners ? performance.now() : null;
    try {
      if (isTheirs) this.passOn();
      else this.replace(response.takeBody());
    } catch (error) {
      this.refused(error);
    }
  }

  /** Node does not send it, for a status that is none for instance, or a hook below: 500, as long as there is no head. */
  private refused(error: unknown): void {
    const { message } = this;
    const isFirst = this.failure === null;
    this.failure ??= toError(error);
    if (isFirst && message._header === null) {
      this.state = 'open';
      this.failed(this.failure);
      this.send();
    } else {
      this.log.error('An answer cannot be sent', { path: this.context.request.path, error });
      message.destroy();
    }
  }

  private takeContent(announced: number | null): Body {
    const only = this.held[0];
    if (this.isEnded && this.held.length <= 1 && this.message._trailer === '') {
      if (only === undefined) return null;
      const { data, encoding } = only;
      return typeof data === 'string' && !/^utf-?8$/i.test(encoding) ? Buffer.from(data, encoding) : data;
    }
    this.watch();
    this.stream = new OutgoingBody(announced, this.held, this.heldBytes, this);
    if (this.isEnded) this.stream.end(toTrailers(this.message._trailer));
    return this.stream;
  }

  /** Nobody touched the body: what the application wrote goes the way it always went. */
  private passOn(): void {
    const { message, below, held, isEnded, context } = this;
    const { response } = context;
    if (response.declaredLength !== this.takenLength) setLength(message, response.declaredLength);
    this.stream = null;
    const isWhole = isEnded && held.length <= 1;
    if (response.status === 204) setLength(message, null);
    else if (isWhole && response.status !== 304) this.announce(held[0]);
    dropTrailer(message);
    below.writeHead.call(message, response.status);
    if (isWhole && held.length === 1 && held[0]!.callback === null) this.endWith(held[0]!);
    else this.passWrites();
  }

  private passWrites(): void {
    const { message, below, held, isEnded } = this;
    if (this.isFlushed && held.length === 0 && !isEnded) below.flushHeaders.call(message);
    let isOpen = true;
    for (const { data, encoding, callback } of held.splice(0)) {
      this.passed(data, encoding);
      isOpen = below.write.call(message, data, encoding, callback ?? undefined);
    }
    if (isEnded) below.end.call(message);
    else if (isOpen) this.bodyDrained();
  }

  /** Text joins the head in one write, where bytes would be gathered: 4 µs of an Express answer of 45. */
  private endWith({ data, encoding }: Write): void {
    const { message, below } = this;
    this.passed(data, encoding);
    const isJoined = typeof data !== 'string' && data.byteLength <= joinedBytes && below.end === plainEnd;
    if (isJoined) below.end.call(message, latin1Slice.call(data, 0, data.byteLength), 'latin1');
    else below.end.call(message, data, encoding);
  }

  /** Node would have announced it too, had it seen the end together with the head. */
  private announce(only: Write | undefined): void {
    const { message } = this;
    if (message.hasHeader('content-length') || message.hasHeader('transfer-encoding')) return;
    if (this.context.request.method === 'HEAD' || message._trailer !== '' || message.hasHeader('trailer')) return;
    message.setHeader('Content-Length', only === undefined ? 0 : Buffer.byteLength(only.data, only.encoding));
  }

  private replace(body: Body): void {
    const { message, below, context } = this;
    const { response, request } = context;
    const { status } = response;
    const length = lengthOf(context, body);
    this.isReplaced = true;
    for (const { callback } of this.stream === null ? this.held.splice(0) : []) {
      if (callback !== null) process.nextTick(callback);
    }
    setLength(message, status === 204 ? null : status === 304 ? response.declaredLength : length);
    dropTrailer(message);
    below.writeHead.call(message, status);
    if (request.method === 'HEAD' || status === 204 || status === 304) {
      disposeBody(body, new Error('The answer has no body'));
      below.end.call(message);
    } else if (body === null || typeof body === 'string' || body instanceof Uint8Array) {
      this.bytesSent = length ?? 0;
      below.end.call(message, body ?? '', 'utf8');
    } else this.push(toPushBody(body), length);
  }

  private push(body: PushBody, length: number | null): void {
    const { message, below, context } = this;
    this.watch();
    if (this.isOver) {
      disposeBody(body, connectError('CONNECT_CLIENT_LEFT'));
      return;
    }
    this.replacement = body;
    this.writer = new ResponseBodyWriter(message, below, length, context.response.trailers, (error) => {
      this.failure = error;
      this.log.warn('A response was cut off', { path: context.request.path, error });
    });
    this.writer.run(body);
  }

  private closed(isWritten: boolean): void {
    const { context, message, failure } = this;
    // One that is held back looks written to Node.
    const isComplete = isWritten && this.state === 'sent';
    const left = isComplete ? null : (failure ?? connectError('CONNECT_CLIENT_LEFT'));
    if (left !== null) {
      context.abort(left, (error) => this.log.error('An onAbort listener failed', { error }));
      this.replacement?.cancel(left);
      this.stream?.fail(left);
      this.owner.clientLeft(left);
    }
    const endedAt = performance.now();
    const error = failure ?? left;
    const outcome = {
      status: this.state === 'sent' && message._header !== null ? message.statusCode : 0,
      bytesSent: this.writer?.bytesSent ?? this.bytesSent,
      startedAt: sinceEpoch(this.startedAt),
      headAt: sinceEpoch(this.headAt ?? endedAt),
      endedAt: sinceEpoch(endedAt),
      end: failure !== null ? 'handler-failed' : isComplete ? 'complete' : 'client-closed',
    } as const;
    context.emitSent(error === null ? outcome : { ...outcome, error }, (thrown) => {
      this.log.error('An onSent listener failed', { error: thrown });
    });
  }
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}

/** RFC 9110 §7.8: `Connection` has to name an `Upgrade` that is for this connection only. */
function setConnection(message: HookableResponse, isLast: boolean): void {
  const offersUpgrade = message.hasHeader('upgrade') && !message.hasHeader('connection');
  if (!offersUpgrade && !isLast) return;
  const isClosed = isLast || !message.shouldKeepAlive; // Node keeps a connection whose `Connection` says nothing of `close`
  message.setHeader('Connection', offersUpgrade ? (isClosed ? 'upgrade, close' : 'upgrade') : 'close');
}

function sinceEpoch(at: number): number {
  return performance.timeOrigin + at;
}
