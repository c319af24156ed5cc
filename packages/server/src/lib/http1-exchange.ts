import {
  type Body,
  type Exchange,
  type HeaderInit,
  HttpContext,
  HttpError,
  HttpHeaders,
  isReadBody,
  type Outcome,
  toPushBody,
} from '@windhover/core';
import { type RequestHead, serializeFields } from '@windhover/http-parser';
import { answerError, answerNobody, refuseConnect } from './answer-error.ts';
import { BodySource, type BodySourceOwner } from './body-source.ts';
import { publishRequest } from './diagnostics.ts';
import { dropResponse } from './drop-response.ts';
import { serverErrors } from './errors.ts';
import type { Http1Connection } from './http1-connection.ts';
import { hasBody } from './request-reader.ts';
import { responseHead } from './response-head.ts';
import { planResponse, type ResponsePlan } from './response-plan.ts';
import { ResponseSink } from './response-sink.ts';
import type { AnsweredExchange, Cut } from './response-writer.ts';
import { statusLine } from './status-line.ts';
import { readable, toError } from './to-error.ts';
import { toRequest } from './to-request.ts';
import { tunnelHead } from './tunnel-head.ts';

/** A body up to this size leaves with its head in one piece; a larger one is sent at the client's pace. */
const maxInlineBytes = 64 * 1024;

/** One request of an HTTP/1.1 connection, from its head to the last byte of its answer. */
export class Http1Exchange implements Exchange, BodySourceOwner, AnsweredExchange {
  /** Where the body of the request comes from; `null` when it has none. */
  readonly source: BodySource | null;
  state: 'handling' | 'streaming' | 'upgrading' | 'done' = 'handling';
  private readonly connection: Http1Connection;
  private readonly head: RequestHead;
  private readonly context: HttpContext;
  private mayContinue: boolean;
  /** Whether every byte of the answer is already decided: it is sent even to a client that has sent its FIN. */
  private isDecided = false;
  private sink: ResponseSink | null = null;
  private abortReason: Error | null = null;
  private tunnelHead = '';
  private readonly startedAt: number;
  private headAt = 0;
  private status = 0;
  bytesSent = 0;
  private end: Outcome['end'] = 'complete';
  private error: Error | undefined = undefined;

  /** Throws an `HttpError` when target or host is refused. */
  constructor(connection: Http1Connection, head: RequestHead, startedAt: number) {
    const { limits } = connection.engine;
    const { info } = connection.channel;
    this.connection = connection;
    this.head = head;
    this.startedAt = startedAt;
    this.mayContinue = head.expectContinue;
    this.source = hasBody(head) ? new BodySource(head.contentLength, this) : null;
    this.context = new HttpContext(toRequest(head, info, this.source, limits.maxRequestBodyBytes), info, this);
  }

  /** @param now when the request had arrived */
  run(now: number): void {
    publishRequest(this.context);
    try {
      const pending = this.connection.engine.handler(this.context);
      if (typeof pending?.then === 'function') {
        this.settleWith(pending);
        return;
      }
    } catch (error) {
      this.handlerFailed(error);
      return;
    }
    this.respond(now);
  }

  /** A promise of another kind may throw, or call back twice: a real one around it does neither. */
  private settleWith(pending: Promise<void>): void {
    Promise.resolve(pending).then(
      () => this.respond(),
      (error) => this.handlerFailed(error),
    );
  }

  /** Whether the client waits for a 100 that will never come. */
  get isBodyUnasked(): boolean {
    return this.mayContinue;
  }

  /** Whether its client has sent its end, and its handler has not answered yet. */
  get isAbandoned(): boolean {
    return this.state === 'handling' && this.abortReason !== null;
  }

  get isEventStream(): boolean {
    return this.state === 'streaming' && this.isOfEvents;
  }

  /** Whether its answer, as it is now, is one that never ends by itself. */
  get isOfEvents(): boolean {
    return /^text\/event-stream\b/i.test(this.context.response.headers.get('content-type') ?? '');
  }

  get hasSentListeners(): boolean {
    return this.context.hasSentListeners;
  }

  inform(status: number, headers: HeaderInit): void {
    if (this.state !== 'handling' || this.head.httpVersion === '1.0') return;
    const fields = serializeFields(new HttpHeaders(headers).fields);
    if (status === 100) this.mayContinue = false;
    this.connection.writer.write(`${statusLine(status)}${fields}\r\n`);
  }

  bodyWanted(): void {
    // RFC 9110 §10.1.1: only a server that is going to read the body asks for it.
    if (this.mayContinue) this.inform(100, {});
    this.connection.bodyChanged();
  }

  bodyUnwanted(): void {
    this.connection.bodyChanged();
  }

  /** Calls back with the status that the client got, 0 for none: now if it is known, else when the exchange is over. */
  whenAnswered(tell: (status: number) => void): void {
    if (this.state === 'streaming' || this.state === 'done') tell(this.status);
    else this.context.onSent(({ status }) => tell(status));
  }

  /** The request was read to its end: a tunnel that waited for that may begin. */
  requestEnded(): void {
    if (this.state === 'upgrading') this.startTunnel();
  }

  /** The rest of the request will never be read. */
  requestFailed(error: Error): void {
    this.source?.fail(error);
    if (this.state !== 'upgrading') return;
    this.state = 'handling';
    this.handlerFailed(error);
  }

  /** The client has sent its FIN: it may be gone. What is decided is still sent, what streams ends. */
  clientEnded(reason: Error): void {
    if (this.state === 'done' || this.abortReason !== null) return;
    const isCut = this.state === 'streaming' && !this.isDecided;
    if (isCut) this.sink?.cancel(reason); // first, so that a body that fails because of the abort is not what went wrong
    this.abort(reason);
    if (isCut) this.connection.cut('client-closed', reason);
  }

  /** The connection is gone. */
  connectionClosed(cut: Cut): void {
    const isUntold = this.state !== 'done'; // otherwise its outcome is told, or in the hands of the writer
    this.state = 'done';
    this.sink?.cancel(cut.error);
    if (isUntold) this.abort(cut.error);
    this.source?.fail(cut.error);
    if (isUntold) this.sendFailed(cut);
  }

  sendFailed(cut: Cut): void {
    const written = this.sink?.bytesSent ?? this.bytesSent;
    this.bytesSent = Math.max(0, written - cut.unsentBytes);
    this.end = cut.end;
    this.error = cut.error;
    this.emitOutcome();
  }

  tunnelFailed(error: unknown): void {
    this.end = 'handler-failed';
    this.error = toError(error);
    this.connection.engine.log.error('An upgrade failed', { path: this.context.request.path, error });
  }

  /** The last byte is with the kernel, or never will be. */
  emitOutcome(): void {
    const { context, connection, startedAt, status, bytesSent, end, error } = this;
    const { wheel, log } = connection.engine;
    const endedAt = wheel.now;
    const outcome = { status, bytesSent, startedAt, headAt: status === 0 ? endedAt : this.headAt, endedAt, end };
    context.emitSent(error === undefined ? outcome : { ...outcome, error }, (failure) => {
      log.error('An onSent listener failed', { error: failure });
    });
  }

  private abort(reason: Error): void {
    this.abortReason = reason;
    this.context.abort(reason, (error) => {
      this.connection.engine.log.error('An onAbort listener failed', { error });
    });
  }

  /** Ends the exchange without an answer: its client has sent its end, and the handler has not answered in time, or with a stream. */
  giveUp(): void {
    dropResponse(this.context, this.connection.engine.log);
    this.error ??= this.abortReason ?? undefined;
    this.end = 'client-closed';
    this.done(true);
  }

  private handlerFailed(thrown: unknown): void {
    const { context, connection } = this;
    const error = readable(thrown);
    if (this.state === 'done') {
      dropResponse(this.context, this.connection.engine.log); // the client is gone, and with it whoever would read an answer
      return;
    }
    this.error = toError(error);
    if (this.abortReason !== null && !HttpError.is(error)) {
      this.giveUp(); // it stopped because it was told to
      return;
    }
    if (!HttpError.is(error)) this.end = 'handler-failed';
    answerError(context, error, connection.engine.log);
    this.respond();
  }

  private respond(now: number = this.connection.engine.wheel.now): void {
    if (this.state === 'done') {
      dropResponse(this.context, this.connection.engine.log);
      return;
    }
    try {
      const plan = this.decide();
      if (plan !== null) this.write(plan, now);
    } catch (error) {
      this.connection.engine.log.error('A response could not be sent', { path: this.context.request.path, error });
      dropResponse(this.context, this.connection.engine.log);
      this.connection.cut('handler-failed', toError(error));
    }
  }

  /** The answer's last moment before its head is made: `null` when it is a tunnel. */
  private decide(): ResponsePlan | null {
    const { context, connection } = this;
    const { response } = context;
    if (!response.isAnswered) answerNobody(context);
    try {
      context.emitHead();
      if (response.upgrade === null) {
        if (refuseConnect(context))
          connection.report(501, 'SERVER_CONNECT_UNSUPPORTED', serverErrors.SERVER_CONNECT_UNSUPPORTED);
        return planResponse(context);
      }
      this.tunnelHead = tunnelHead(this.head, response);
    } catch (error) {
      this.error = toError(error);
      this.end = 'handler-failed';
      answerError(context, error, connection.engine.log);
      return planResponse(context);
    }
    this.state = 'upgrading';
    if (connection.isRequestRead) this.startTunnel();
    else this.source?.cancel(new Error('The connection becomes a tunnel'));
    return null;
  }

  private write(plan: ResponsePlan, now: number): void {
    const { connection, context } = this;
    const { response } = context;
    if (this.abortReason !== null && plan.hasBody && !isDecided(response.body)) {
      this.giveUp(); // a stream for a client that has probably left
      return;
    }
    const isLast = connection.decideIsLast(this.head, plan.isUntilClose || response.closeConnection);
    const date = connection.engine.date.at(now);
    const head = responseHead(plan, response, this.head.httpVersion, isLast, date);
    this.status = plan.status;
    if (context.hasSentListeners) this.headAt = connection.engine.wheel.now;
    const { body } = response;
    if (!plan.hasBody || body === null) {
      connection.writer.writeSoon(head);
      if (body !== null) response.body = null;
      this.done();
    } else if (typeof body === 'string' && body.length <= maxInlineBytes) {
      this.writeText(head, body, plan.framing as number);
    } else if (body instanceof Uint8Array && body.byteLength <= maxInlineBytes) {
      connection.writer.writeSoon(head, body);
      this.bytesSent = body.byteLength;
      this.done();
    } else {
      this.stream(head, plan);
    }
  }

  /** ASCII text, the usual case, joins its head in one latin1 string. */
  private writeText(head: string, text: string, length: number): void {
    const { writer } = this.connection;
    if (length === text.length) writer.writeSoon(head + text);
    else writer.writeSoon(head, Buffer.from(text));
    this.bytesSent = length;
    this.done();
  }

  private stream(head: string, plan: ResponsePlan): void {
    const { writer } = this.connection;
    const { response } = this.context;
    const content = response.takeBody();
    this.isDecided = isDecided(content);
    const body = toPushBody(content, () => this.connection.channel.pendingBytes === 0);
    const sink = new ResponseSink(writer, plan.framing, body, response.trailers, (error) => this.streamEnded(error));
    this.sink = sink;
    this.state = 'streaming';
    writer.startBody(body);
    writer.writeSoon(head);
    try {
      body.start(sink);
    } catch (error) {
      sink.fail(toError(error));
    }
  }

  private streamEnded(error: Error | undefined): void {
    this.bytesSent = this.sink!.bytesSent;
    if (error === undefined) {
      this.done();
      return;
    }
    const isAbort = error === this.abortReason;
    if (!isAbort) {
      const { method, host, path } = this.context.request;
      // What came of the client's own mistake, of a body that was sent back for instance, is told with the mistake.
      const level = HttpError.is(error) && error.status < 500 ? 'debug' : 'warn';
      this.connection.engine.log[level]('A response was cut off', { method, host, path, error });
    }
    this.connection.cut(isAbort ? 'client-closed' : 'handler-failed', error);
  }

  private done(isGivenUp = false): void {
    this.state = 'done';
    this.connection.responseDone(this, isGivenUp);
  }

  private startTunnel(): void {
    const { connection, context } = this;
    this.state = 'done';
    this.status = context.response.status;
    this.headAt = connection.engine.wheel.now;
    this.end = 'upgraded';
    connection.handOver(this.tunnelHead, context.response.upgrade!, this);
  }
}

/** Whether every byte of a body is known, or on the disk: nothing is left to wait for. */
function isDecided(body: Body): boolean {
  return body === null || typeof body === 'string' || body instanceof Uint8Array || isReadBody(body);
}
