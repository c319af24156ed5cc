import {
  type Body,
  disposeBody,
  type HeaderInit,
  HttpContext,
  HttpError,
  HttpHeaders,
  toPushBody,
} from '@windhover/core';
import { isGrpc } from '@windhover/http-semantics';
import { type Http2Stream, http2Codes } from '@windhover/http2-codec';
import { StreamTunnel } from '@windhover/transport';
import { BodySource, type BodySourceOwner } from '../body-source.ts';
import { publishRequest } from '../diagnostics.ts';
import type { Engine } from '../engine.ts';
import { EngineExchange, isDecided } from '../engine-exchange.ts';
import { serverError, serverErrors } from '../errors.ts';
import { KeptBytes } from '../kept-bytes.ts';
import { RateWatch } from '../rate-watch.ts';
import { refuseConnect } from '../refuse-connect.ts';
import { planResponse, type ResponsePlan } from '../response-plan.ts';
import type { Cut } from '../response-writer.ts';
import { asksForHttp1 } from './asks-for-http1.ts';
import { grpcRefusal } from './grpc-refusal.ts';
import { keepGrpcStatus } from './grpc-status.ts';
import type { Http2ExchangeOwner } from './http2-exchange-owner.ts';
import { Http2Sink, type Http2SinkOwner } from './http2-sink.ts';
import { Http2Upload } from './http2-upload.ts';
import { inlineBytes, isEmptyBody, restOf } from './inline-body.ts';
import { toHttp2Request } from './to-http2-request.ts';
import { tunnelFields } from './tunnel-fields.ts';

const tunnelResets = { close: http2Codes.CANCEL, cut: http2Codes.CONNECT_ERROR };

/** One request of an HTTP/2 connection, from its head to the last byte of its answer. */
export class Http2Exchange extends EngineExchange implements BodySourceOwner, Http2SinkOwner {
  readonly context: HttpContext;
  readonly stream: Http2Stream;
  private readonly connection: Http2ExchangeOwner;
  private readonly source: BodySource | null;
  private readonly upload: Http2Upload | null;
  private mayContinue: boolean;
  /** Whether the body of the answer is being started before the head is sent. */
  private isHeadDue = false;
  /** How the answer goes onto the wire; `null` for a tunnel. */
  private plan: ResponsePlan | null = null;
  private tunnelFields: readonly string[] = [];
  private sink: Http2Sink | null = null;
  private tunnel: StreamTunnel | null = null;
  /** What has come for a tunnel that the handler has not decided on yet; the window bounds it. */
  private early: KeptBytes | null = null;
  private uploadWatch: RateWatch | null = null;
  private answerWatch: RateWatch | null = null;

  /** Throws an `HttpError` if target or host is refused. */
  constructor(connection: Http2ExchangeOwner, stream: Http2Stream, isEnd: boolean, startedAt: number) {
    super();
    const { limits } = connection.engine;
    const { info } = connection.channel;
    this.connection = connection;
    this.stream = stream;
    this.startedAt = startedAt;
    const hasBody = !isEnd && stream.protocol === null && stream.method !== 'CONNECT';
    this.source = hasBody ? new BodySource(stream.contentLength < 0 ? null : stream.contentLength, this) : null;
    this.upload = this.source === null ? null : new Http2Upload(stream, this.source);
    this.context = new HttpContext(toHttp2Request(stream, info, this.source, limits.maxRequestBodyBytes), info, this);
    this.mayContinue = hasBody && /^100-continue$/i.test(this.context.request.headers.get('expect') ?? '');
  }

  get engine(): Engine {
    return this.connection.engine;
  }

  protected get streamedBytes(): number | null {
    return this.sink === null ? null : this.sink.bytesSent;
  }

  /** Runs the handler. */
  begin(now: number): void {
    publishRequest(this.context);
    this.run(this.engine.handler, now);
  }

  /** Whether the client has sent the whole request. */
  get isRequestRead(): boolean {
    return !this.stream.isRemoteOpen;
  }

  inform(status: number, headers: HeaderInit): void {
    if (this.state !== 'handling' && !this.isHeadDue) return;
    if (status === 100) this.mayContinue = false;
    this.stream.respond(status, new HttpHeaders(headers).fields, false, -1, '');
  }

  bodyWanted(): void {
    if (this.mayContinue) this.inform(100, {}); // RFC 9110 §10.1.1: only a server that is going to read the body asks
    this.upload?.wantedChanged();
    this.watchUpload();
  }

  bodyUnwanted(): void {
    this.upload?.wantedChanged();
    this.uploadWatch?.stop(this.now());
  }

  bodyArrived(bytes: Uint8Array): void {
    if (this.tunnel !== null) this.tunnel.arrived(bytes);
    else if (this.upload !== null) this.upload.arrived(bytes);
    else if (this.state === 'handling') (this.early ??= new KeptBytes()).add(new Uint8Array(bytes));
  }

  requestEnded(trailers: readonly string[] | null): void {
    if (this.tunnel !== null) this.tunnel.peerEnded();
    this.upload?.ended(trailers);
    this.uploadWatch = null;
  }

  writable(): void {
    if (this.tunnel !== null) this.tunnel.writable();
    else this.sink?.writable();
  }

  sinkWaits(): void {
    const { minResponseBytesPerSecond: rate, responseGraceMs } = this.engine.limits;
    this.answerWatch ??= new RateWatch(rate ?? 0, responseGraceMs, this.takenBytes);
    this.answerWatch.start(this.now());
  }

  sinkGoesOn(): void {
    this.answerWatch?.stop(this.now());
  }

  sinkHasTrailers(fields: readonly string[]): void {
    keepGrpcStatus(this.context, fields);
  }

  sinkEnded(error: Error | undefined): void {
    this.bytesSent = this.sink!.bytesSent;
    if (error === undefined) {
      this.done();
      return;
    }
    this.logCutOff(error);
    this.resetWith(http2Codes.INTERNAL_ERROR, { end: 'handler-failed', error, unsentBytes: this.sink!.keptBytes });
  }

  /** Ends what waits for the client too long. Called about once a second. */
  check(now: number): void {
    if (this.isUploadTooSlow(now)) this.uploadTooSlow();
    if (this.sink === null || !this.isAnswerTooSlow(now)) return;
    const error = serverError('SERVER_RESPONSE_TOO_SLOW');
    this.connection.report(0, error.code, error.message);
    this.sink.cancel(error);
    this.resetWith(http2Codes.CANCEL, { end: 'deadline', error, unsentBytes: this.sink.keptBytes });
  }

  /** Ends the exchange with its stream: somebody else has ended the stream, or the connection. */
  streamGone(cut: Cut): void {
    if (this.tunnel !== null) {
      this.tunnel.gone(cut.error);
      return;
    }
    const isUntold = this.state !== 'done';
    this.state = 'done';
    this.sink?.cancel(cut.error);
    if (isUntold) this.tellAborted(cut.error);
    this.source?.fail(cut.error);
    this.upload?.gone();
    if (isUntold) this.sendFailed({ ...cut, unsentBytes: this.sink?.keptBytes ?? 0 });
    this.connection.forget(this);
  }

  /** Cuts the exchange off, because its time has passed. */
  abandon(error: Error): void {
    this.stream.reset(http2Codes.CANCEL);
    this.streamGone({ end: 'shutdown', error, unsentBytes: 0 });
  }

  protected prepare(): void {
    const { context } = this;
    const { response } = context;
    if (response.upgrade !== null) {
      this.tunnelFields = tunnelFields(context);
      return;
    }
    if (refuseConnect(context))
      this.connection.report(501, 'SERVER_CONNECT_UNSUPPORTED', serverErrors.SERVER_CONNECT_UNSUPPORTED);
    this.plan = planResponse(context);
  }

  protected send(now: number): void {
    const { plan, context, stream } = this;
    if (plan === null) {
      this.startTunnel(now);
      return;
    }
    this.status = plan.status;
    if (this.hasSentListeners) this.headAt = this.now();
    if (plan.status === 401 && asksForHttp1(context.response)) {
      disposeBody(context.response.takeBody(), new Error('The client is asked to come with HTTP/1.1'));
      stream.reset(http2Codes.HTTP_1_1_REQUIRED);
      this.done();
      return;
    }
    if (plan.status >= 400 && this.isRefusedGrpc) this.refuseGrpc(plan.status, now);
    else this.write(plan, now);
  }

  /** Cuts the stream off, because an orderly end would make the message look complete. */
  protected cut(reason: Error): void {
    if (this.tunnel !== null) {
      this.end = 'handler-failed';
      this.error = reason;
      this.tunnel.destroy(reason);
      return;
    }
    this.sink?.cancel(reason);
    this.resetWith(http2Codes.INTERNAL_ERROR, { end: 'handler-failed', error: reason, unsentBytes: 0 });
  }

  protected override dropConnection(): boolean {
    this.status = this.context.response.status;
    this.error = serverError('SERVER_DROPPED');
    this.drop();
    this.stream.reset(http2Codes.CANCEL); // other requests of the client go on
    this.done();
    return true;
  }

  private isUploadTooSlow(now: number): boolean {
    const { uploadWatch, source } = this;
    if (uploadWatch === null || !source!.isReading) return false;
    if (!this.connection.isClientHeldBack) return uploadWatch.isTooSlow(now, this.upload!.receivedBytes);
    uploadWatch.stop(now);
    return false;
  }

  /** A stream that waits for its turn is no sign of a slow client; the connection watches its own window. */
  private isAnswerTooSlow(now: number): boolean {
    const { sink, answerWatch } = this;
    if (answerWatch === null) return false;
    if (sink!.isWaiting && !this.stream.isQueued) return answerWatch.isTooSlow(now, this.takenBytes);
    answerWatch.stop(now);
    return false;
  }

  private get takenBytes(): number {
    return this.sink === null ? 0 : this.sink.bytesSent - this.sink.keptBytes;
  }

  /** Whether a client of gRPC would get an error of HTTP, which tells it little. */
  private get isRefusedGrpc(): boolean {
    const { request, response } = this.context;
    if (request.method !== 'POST') return false; // as each call of gRPC is; a cache may keep a 200 to GET
    return isGrpc(request.headers.get('content-type')) && !isGrpc(response.headers.get('content-type'));
  }

  /** The status in the outcome stays the one of HTTP, so that logs and metrics show an error. */
  private refuseGrpc(status: number, now: number): void {
    const { stream, context, engine, error } = this;
    const { response } = context;
    const message = HttpError.is(error) && error.expose ? error.message : this.statusText(status);
    const fields = grpcRefusal(response.headers.fields, status, message);
    keepGrpcStatus(context, fields);
    stream.respond(200, fields, true, -1, hasDate(fields) ? '' : engine.date.valueAt(now));
    disposeBody(response.takeBody(), new Error('A client of gRPC gets no body with an error'));
    this.done();
  }

  private write(plan: ResponsePlan, now: number): void {
    const { stream, context, engine } = this;
    const { response } = context;
    const { body, trailers } = response;
    const fields = response.hasHeaders ? response.headers.fields : null;
    const date = hasDate(fields) ? '' : engine.date.valueAt(now);
    const length = typeof plan.framing === 'number' ? plan.framing : -1;
    if (!plan.hasBody || (trailers === null && isEmptyBody(body))) {
      stream.respond(plan.status, fields, true, length, date);
      if (body !== null) disposeBody(response.takeBody(), new Error('The answer has no body'));
      this.done();
      return;
    }
    if (this.mayContinue && !isDecided(body)) {
      this.isHeadDue = true;
      this.sendStream(response.takeBody(), plan, 0, () => {
        this.isHeadDue = false;
        stream.respond(plan.status, fields, false, length, date);
      });
      return;
    }
    stream.respond(plan.status, fields, false, length, date);
    const bytes = trailers === null ? inlineBytes(body) : null;
    if (bytes === null) this.sendStream(response.takeBody(), plan, 0);
    else {
      const sent = stream.write(bytes, true);
      this.bytesSent = sent;
      if (sent === bytes.length) this.done();
      else this.sendStream(restOf(bytes, sent), plan, sent);
    }
  }

  /**
   * Sends a body at the client's pace; `sent` bytes of it have been sent already. With `sendHead` it is started before
   * the head: it may be made of the request's body, for which the client waits to be asked.
   */
  private sendStream(content: Body, plan: ResponsePlan, sent: number, sendHead?: () => void): void {
    const { stream, context } = this;
    const length = typeof plan.framing === 'number' ? plan.framing : null;
    const body = toPushBody(content, () => this.sink?.keptBytes === 0);
    const sink = new Http2Sink(stream, length, body, context.response.trailers, this);
    sink.bytesSent = sent;
    this.sink = sink;
    sink.start(sendHead);
  }

  private startTunnel(now: number): void {
    const { connection, context, stream } = this;
    this.state = 'tunnel';
    this.status = context.response.status;
    this.headAt = now;
    this.end = 'upgraded';
    this.tunnel = new StreamTunnel(stream, context.connection, tunnelResets);
    stream.respond(200, this.tunnelFields, false, -1, this.engine.date.valueAt(now));
    connection.openTunnel(this.tunnel, context.response.upgrade!, this);
    if (this.early !== null) this.tunnel.arrived(this.early.take());
    this.early = null;
    if (!stream.isRemoteOpen) this.tunnel.peerEnded();
  }

  private watchUpload(): void {
    const { minRequestBodyBytesPerSecond: rate, rateGraceMs } = this.engine.limits;
    if (rate === null || this.upload === null || this.source!.isReading !== true) return;
    this.uploadWatch ??= new RateWatch(rate, rateGraceMs, this.upload.receivedBytes);
    this.uploadWatch.start(this.now());
  }

  /** The handler decides the answer, so the error is reported with the status it chose. */
  private uploadTooSlow(): void {
    const code = 'SERVER_BODY_TOO_SLOW';
    const error = new HttpError(408, code, serverErrors[code]);
    this.uploadWatch = null;
    this.whenAnswered((status) => this.connection.report(status, code, error.message));
    this.source!.fail(error);
  }

  private resetWith(code: number, cut: Cut): void {
    if (this.state === 'done') return;
    this.stream.reset(code);
    this.state = 'done';
    this.tellAborted(cut.error);
    this.source?.fail(cut.error);
    this.upload?.gone();
    this.sendFailed(cut);
    this.connection.forget(this);
  }

  /** The answer is complete. RFC 9113 §8.1: a client that still sends its request is asked to stop, without an error. */
  private done(): void {
    const { stream, source, upload } = this;
    this.state = 'done';
    this.isUntold = !this.hasSentListeners;
    if (stream.isRemoteOpen) {
      if (source === null)
        stream.discard(); // a tunnel that was refused
      else {
        source.discard(serverError('SERVER_BODY_UNREAD'));
        upload!.wantedChanged();
      }
      this.connection.resetLater(stream);
    }
    this.connection.answered(this);
  }
}

function hasDate(fields: readonly string[] | null): boolean {
  if (fields !== null) for (let index = 0; index < fields.length; index += 3) if (fields[index] === 'date') return true;
  return false;
}
