import {
  type BodySink,
  disposeBody,
  type FixedBytes,
  type HeaderInit,
  HttpContext,
  HttpError,
  HttpHeaders,
  type PushBody,
  toPushBody,
} from '@windhover/core';
import { toError } from '@windhover/core/engine';
import { type RequestHead, serializeFields } from '@windhover/http-parser';
import { BodySource, type BodySourceOwner } from './body-source.ts';
import { publishRequest } from './diagnostics.ts';
import type { Engine } from './engine.ts';
import { EngineExchange, fixedOf, isDecided, maxInlineBytes } from './engine-exchange.ts';
import { serverError, serverErrors } from './errors.ts';
import type { ExchangeOwner, OwnedExchange } from './exchange-owner.ts';
import { keepAnswer, keptAnswer } from './fixed-answer.ts';
import { refuseConnect } from './refuse-connect.ts';
import { hasBody } from './request-reader.ts';
import { responseHead } from './response-head.ts';
import { planResponse, type ResponsePlan } from './response-plan.ts';
import { ResponseSink } from './response-sink.ts';
import type { Cut } from './response-writer.ts';
import { startBeforeHead } from './start-before-head.ts';
import { statusLine } from './status-line.ts';
import { toRequest } from './to-request.ts';
import { tunnelHead } from './tunnel-head.ts';

/** One request of an HTTP/1.1 connection, from its head to the last byte of its answer. */
export class Http1Exchange extends EngineExchange implements BodySourceOwner, OwnedExchange {
  readonly context: HttpContext;
  /** The source of the request body; `null` if the request has none. */
  readonly source: BodySource | null;
  private readonly connection: ExchangeOwner;
  private readonly head: RequestHead;
  private mayContinue: boolean;
  /** Whether the body of the answer is being started before the head is sent. */
  private isHeadDue = false;
  /** Set when the client has half-closed and has probably left: the reason for an abort. */
  private clientEnd: Error | null = null;
  /** Whether every byte of the answer is already decided: it is then sent even to a client that has half-closed. */
  private isDecided = false;
  /** How the answer goes onto the wire; `null` for a tunnel. */
  private plan: ResponsePlan | null = null;
  private tunnelHead = '';
  private sink: ResponseSink | null = null;

  /** Throws an `HttpError` if target or host is refused. */
  constructor(connection: ExchangeOwner, head: RequestHead, startedAt: number) {
    super();
    const { limits } = connection.engine;
    const { info } = connection.channel;
    this.connection = connection;
    this.head = head;
    this.startedAt = startedAt;
    this.mayContinue = head.expectContinue;
    this.source = hasBody(head) ? new BodySource(head.contentLength, this) : null;
    this.context = new HttpContext(toRequest(head, info, this.source, limits.maxRequestBodyBytes), info, this);
  }

  get engine(): Engine {
    return this.connection.engine;
  }

  protected get streamedBytes(): number | null {
    return this.sink === null ? null : this.sink.bytesSent;
  }

  /** @param now when the request had arrived */
  begin(now: number): void {
    publishRequest(this.context);
    this.run(this.connection.engine.handler, now);
  }

  /** Whether the client waits for a 100 Continue that will never come. */
  get isBodyUnasked(): boolean {
    return this.mayContinue;
  }

  /** Whether the client has half-closed, and the handler has not answered yet. */
  get isAbandoned(): boolean {
    return this.state === 'handling' && this.clientEnd !== null;
  }

  inform(status: number, headers: HeaderInit): void {
    const isOpen = this.state === 'handling' || this.isHeadDue;
    if (!isOpen || this.head.httpVersion === '1.0') return;
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

  /** The request was read to its end: starts the tunnel that waited for that. */
  requestEnded(): void {
    if (this.state === 'upgrading') this.startTunnel();
  }

  /** The rest of the request will never be read. */
  requestFailed(error: Error): void {
    this.source?.fail(error);
    if (this.state !== 'upgrading') return;
    this.state = 'handling';
    this.fail(error);
  }

  /** The client has half-closed and may be gone. A decided answer is still sent; a streamed one is cut off. */
  clientEnded(reason: Error): void {
    if (this.state === 'done' || this.abortReason !== null) return;
    this.clientEnd = reason;
    const isCut = this.state === 'sending' && !this.isDecided;
    if (isCut) this.sink?.cancel(reason); // first, so that a body that fails because of the abort is not reported as the cause
    this.tellAborted(reason);
    if (isCut) this.connection.cut('client-closed', reason);
  }

  /** The connection is gone. */
  connectionClosed(cut: Cut): void {
    const isUntold = this.state !== 'done'; // otherwise the outcome is reported already, or the writer reports it
    this.state = 'done';
    this.sink?.cancel(cut.error);
    if (isUntold) this.tellAborted(cut.error);
    this.source?.fail(cut.error);
    if (isUntold) this.sendFailed(cut);
  }

  /**
   * Ends the exchange without an answer: the client has half-closed, and the handler has not answered in time, has
   * failed, or has answered with a stream.
   */
  giveUp(): void {
    this.drop();
    this.error ??= this.clientEnd ?? undefined;
    this.end = 'client-closed';
    this.done(true);
  }

  protected override refuse(error: unknown): boolean {
    if (this.clientEnd === null || HttpError.is(error)) return super.refuse(error);
    this.error = toError(error);
    this.giveUp(); // the handler stopped because of the abort
    return false;
  }

  protected prepare(): void {
    const { context, connection } = this;
    const { response } = context;
    if (response.upgrade !== null) {
      this.tunnelHead = tunnelHead(this.head, response);
      return;
    }
    if (refuseConnect(context))
      connection.report(501, 'SERVER_CONNECT_UNSUPPORTED', serverErrors.SERVER_CONNECT_UNSUPPORTED);
    this.plan = planResponse(context);
  }

  protected send(now: number): void {
    if (this.plan !== null) this.write(this.plan, now);
    else if (this.connection.isRequestRead) this.startTunnel();
    else {
      this.state = 'upgrading';
      this.source?.cancel(new Error('The connection becomes a tunnel'));
    }
  }

  /** Cuts the connection off, because an orderly end would make the message look complete. */
  protected cut(reason: Error): void {
    if (this.state === 'tunnel') {
      this.end = 'handler-failed';
      this.error = reason;
      this.connection.channel.destroy(reason);
      return;
    }
    this.sink?.cancel(reason);
    this.connection.cut('handler-failed', reason);
  }

  protected override dropConnection(): boolean {
    this.status = this.context.response.status;
    this.error = serverError('SERVER_DROPPED');
    this.drop();
    if (this.connection.hasAnswered)
      this.done(true); // a reset would take back what its client has not read yet
    else this.connection.cut('complete', this.error);
    return true;
  }

  private write(plan: ResponsePlan, now: number): void {
    const { connection, context } = this;
    const { response } = context;
    if (this.clientEnd !== null && plan.hasBody && !isDecided(response.body)) {
      this.giveUp(); // a stream for a client that has probably left
      return;
    }
    const date = connection.engine.date.at(now);
    this.status = plan.status;
    if (this.hasSentListeners) this.headAt = connection.engine.wheel.now;
    const { body } = response;
    if (this.mayContinue && plan.hasBody && !isDecided(body)) {
      this.streamAsking(plan, date);
      return;
    }
    const isLast = this.decideIsLast(plan);
    const fixed = plan.hasBody ? fixedOf(body) : undefined;
    if (fixed?.bytes.byteLength === plan.framing && plan.framing <= maxInlineBytes) {
      this.writeFixed(fixed, plan, isLast, date);
      return;
    }
    const head = responseHead(plan, response, this.head.httpVersion, isLast, date);
    if (!plan.hasBody || body === null) {
      connection.writer.writeSoon(head);
      if (body !== null) disposeBody(response.takeBody(), new Error('The answer has no body'));
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

  /** Bytes that never change, as of a file that is kept in memory. */
  private writeFixed(fixed: FixedBytes, plan: ResponsePlan, isLast: boolean, date: string): void {
    const { writer } = this.connection;
    const { response } = this.context;
    const { httpVersion } = this.head;
    const facts = { status: plan.status, date, fields: response.headers.fields };
    const isUsual = !isLast && httpVersion === '1.1';
    let text = isUsual ? keptAnswer(fixed, facts) : null;
    if (text === null) {
      const head = responseHead(plan, response, httpVersion, isLast, date);
      if (isUsual) text = keepAnswer(fixed, facts, head);
      if (text === null) writer.writeSoon(head, fixed.bytes);
    }
    if (text !== null) writer.writeSoon(text);
    this.bytesSent = fixed.bytes.byteLength;
    this.done();
  }

  /** ASCII text, the usual case, is sent with its head as one latin1 string. */
  private writeText(head: string, text: string, length: number): void {
    const { writer } = this.connection;
    if (length === text.length) writer.writeSoon(head + text);
    else writer.writeSoon(head, Buffer.from(text));
    this.bytesSent = length;
    this.done();
  }

  private decideIsLast(plan: ResponsePlan): boolean {
    return this.connection.decideIsLast(this.head, plan.isUntilClose || this.context.response.closeConnection);
  }

  private stream(head: string, plan: ResponsePlan): void {
    this.startBody(plan, (body, sink) => {
      this.connection.writer.writeSoon(head);
      body.start(sink);
    });
  }

  /** The body may be made of the request's, for which the client waits to be asked. */
  private streamAsking(plan: ResponsePlan, date: string): void {
    const sendHead = (): void => {
      this.isHeadDue = false;
      const isLast = this.decideIsLast(plan);
      const head = responseHead(plan, this.context.response, this.head.httpVersion, isLast, date);
      this.connection.writer.writeSoon(head);
    };
    this.isHeadDue = true;
    this.startBody(plan, (body, sink) => startBeforeHead(body, sink, sendHead));
  }

  private startBody(plan: ResponsePlan, start: (body: PushBody, sink: BodySink) => void): void {
    const { writer } = this.connection;
    const { response } = this.context;
    const content = response.takeBody();
    this.isDecided = isDecided(content);
    const body = toPushBody(content, () => this.connection.channel.pendingBytes === 0);
    const sink = new ResponseSink(writer, plan.framing, body, response.trailers, (error) => this.streamEnded(error));
    this.sink = sink;
    writer.startBody(body);
    try {
      start(body, sink);
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
    const isAbort = error === this.clientEnd;
    if (!isAbort) this.logCutOff(error);
    this.connection.cut(isAbort ? 'client-closed' : 'handler-failed', error);
  }

  private done(isGivenUp = false): void {
    this.state = 'done';
    this.isUntold = !this.hasSentListeners;
    this.connection.responseDone(this, isGivenUp);
  }

  private startTunnel(): void {
    const { connection, context } = this;
    this.state = 'tunnel';
    this.status = context.response.status;
    this.headAt = connection.engine.wheel.now;
    this.end = 'upgraded';
    connection.handOver(this.tunnelHead, context.response.upgrade!, this);
  }
}
