import { bodyLength, type ConnectionInfo, HttpHeaders, type PushBody, toPushBody } from '@windhover/core';
import { type Http2Connection, type Http2Error, type Http2Stream, http2Codes } from '@windhover/http2-codec';
import { ChunkJoiner, type Deadline, StreamTunnel } from '@windhover/transport';
import { awaitedMs, awaitedOf } from '../awaited.ts';
import { callError } from '../call-error.ts';
import type { CallListener, ConnectionOwner } from '../client-connection.ts';
import type { ClientRequest } from '../client-types.ts';
import type { ClientErrorCode } from '../errors.ts';
import { ResponseBody, type ResponseBodyOwner } from '../response-body.ts';
import { Http2Upload } from './http2-upload.ts';
import { requestHead } from './request-head.ts';
import { upgradedHeaders } from './upgrade-handshake.ts';

/** RFC 8441 §5: a TCP connection that was reset is CANCEL. */
const tunnelResets = { close: http2Codes.CANCEL, cut: http2Codes.CANCEL };

/** What a call tells its connection. */
export interface Http2CallOwner {
  readonly owner: Pick<ConnectionOwner, 'origin' | 'options' | 'wheel'>;
  readonly codec: Http2Connection;
  readonly scheme: string;
  readonly info: ConnectionInfo;
  readonly reads: number;
  callOver(call: Http2Call): void;
  /** Takes no more calls, because it may be dead. */
  leave(): void;
  /** A stream is reset that has not ended. */
  resets(): void;
}

/** One call: a stream of a connection that carries others too. */
export class Http2Call implements ResponseBodyOwner {
  readonly listener: CallListener;
  /** How often the connection had read when the request went out. */
  readonly readsBefore: number;
  private readonly request: ClientRequest;
  private readonly connection: Http2CallOwner;
  private readonly deadline: Deadline;
  private stream!: Http2Stream;
  private state: 'waiting' | 'receiving' | 'tunnel' | 'closed' = 'waiting';
  private isTold = false;
  private upload: Http2Upload | null = null;
  /** The body, while it waits until the upstream agrees. */
  private withheld: PushBody | null = null;
  private length: number | null = null;
  private isSent = true;
  private body: ResponseBody | null = null;
  /** Bytes that came while nobody took them; the window bounds them. */
  private kept: Uint8Array[] = [];
  private joiner: ChunkJoiner | null = null;
  /** What an extended CONNECT has opened. */
  private tunnel: StreamTunnel | null = null;
  private key: string | undefined;
  private ending: { readonly trailers: readonly string[] | null } | null = null;

  constructor(connection: Http2CallOwner, request: ClientRequest, listener: CallListener) {
    this.connection = connection;
    this.request = request;
    this.listener = listener;
    this.readsBefore = connection.reads;
    this.deadline = connection.owner.wheel.createDeadline(() => this.timedOut());
  }

  /** Sends the head, and begins with the body. Throws when the request cannot be written. Returns false without a free stream. */
  send(): boolean {
    const { request, connection } = this;
    const content = request.body ?? null;
    this.length = bodyLength(content);
    const { upgrade = null } = request;
    this.isSent = upgrade !== null || content === null || this.length === 0;
    const { head, key } = requestHead(request, connection.scheme, connection.owner.origin.host, this.length);
    this.key = key;
    const stream = connection.codec.request(head, this.isSent && upgrade === null);
    if (stream === null) return false;
    this.stream = stream;
    stream.owner = this;
    if (!this.isSent) {
      this.withheld = toPushBody(content!);
      if (request.expectContinue !== true) this.proceed();
    }
    this.watch();
    return true;
  }

  get isTunnel(): boolean {
    return this.tunnel !== null;
  }

  abort(reason: Error): void {
    if (this.tunnel !== null) this.tunnel.destroy(reason);
    else this.failWith('CLIENT_ABORTED', reason.message, reason);
  }

  releaseBody(): void {
    this.withheld = null;
    this.upload?.detach();
    this.upload = null;
  }

  receivedHead(isEnd: boolean): void {
    const { stream } = this;
    const headers = HttpHeaders.fromFields(stream.fields);
    const { status } = stream;
    if (status < 200) {
      if (status === 100) this.proceed();
      this.watch();
      this.request.onInform?.(status, headers);
      return;
    }
    if (this.request.upgrade !== undefined && status < 300) {
      this.startTunnel(this.request.upgrade, isEnd);
      return;
    }
    this.state = 'receiving';
    const isBodyless = this.request.method === 'HEAD' || status === 304 || isEnd;
    const length =
      stream.contentLength >= 0 ? stream.contentLength : isEnd && !isAnnounced(this.request, status) ? 0 : null;
    if (isBodyless && isEnd) {
      this.tell()?.answered({
        status,
        statusText: '',
        headers,
        body: new Uint8Array(0),
        declaredLength: length,
        channel: null,
      });
      this.over();
      return;
    }
    this.body = new ResponseBody(length, this);
    this.watch();
    this.tell()?.answered({ status, statusText: '', headers, body: this.body, declaredLength: length, channel: null });
  }

  receivedData(bytes: Uint8Array): void {
    if (this.tunnel !== null) {
      this.tunnel.arrived(bytes);
      return;
    }
    if (this.body?.isFlowing === true && this.kept.length === 0) {
      this.body.push(bytes);
      this.stream.credit(bytes.byteLength);
      this.watch();
    } else {
      this.joiner ??= new ChunkJoiner();
      this.joiner.append(this.kept, bytes);
    }
  }

  receivedEnd(trailers: readonly string[] | null): void {
    if (this.tunnel !== null) {
      this.tunnel.peerEnded();
      return;
    }
    this.ending = { trailers };
    if (this.kept.length === 0) this.responseEnded();
  }

  writable(): void {
    this.tunnel?.writable();
    this.upload?.writable();
    this.watch();
  }

  /** The stream was reset, or its connection is gone. */
  streamGone(error: Http2Error, detail: string = error.message): void {
    if (this.tunnel !== null) {
      this.tunnel.gone(error);
      return;
    }
    // RFC 9113 §8.1: an upstream that has answered may tell us to stop sending.
    if (error.isPeers && error.http2Code === http2Codes.NO_ERROR && this.ending !== null) return;
    const code = error.isPeers
      ? this.state === 'waiting'
        ? 'CLIENT_CLOSED_EARLY'
        : 'CLIENT_BODY_TRUNCATED'
      : 'CLIENT_BAD_RESPONSE';
    const wantsHttp1 = error.isPeers && error.http2Code === http2Codes.HTTP_1_1_REQUIRED;
    this.failWith(code, wantsHttp1 ? 'it wants HTTP/1.1, which the protocols http1 and auto are for' : detail, error);
  }

  connectionGone(cause: Error | undefined): void {
    if (this.tunnel !== null) {
      this.tunnel.gone(cause ?? new Error('The connection of the stream was closed'));
      return;
    }
    const code = this.state === 'waiting' ? 'CLIENT_CLOSED_EARLY' : 'CLIENT_BODY_TRUNCATED';
    this.failWith(code, cause?.message ?? this.connection.owner.origin.key, cause);
  }

  pauseBody(): void {
    this.watch();
  }

  resumeBody(): void {
    while (this.kept.length > 0 && this.body?.isFlowing === true) {
      const bytes = this.kept.shift()!;
      this.body.push(bytes);
      this.stream.credit(bytes.byteLength);
    }
    if (this.kept.length === 0 && this.ending !== null) this.responseEnded();
    else this.watch();
  }

  cancelBody(reason: Error): void {
    this.failWith('CLIENT_ABORTED', reason.message, reason);
  }

  /** The upstream agrees to the body, or has said nothing for too long. */
  private proceed(): void {
    const body = this.withheld;
    if (body === null) return;
    this.withheld = null;
    this.upload = new Http2Upload(this.stream, body, this.length, this.request.isTrailerBarred, (error) =>
      this.bodySent(error),
    );
    body.start(this.upload);
  }

  private startTunnel(protocol: string, isEnd: boolean): void {
    const { stream, connection, listener } = this;
    const headers = upgradedHeaders(stream.fields, protocol, this.key);
    const channel = new StreamTunnel(stream, connection.info, tunnelResets);
    stream.contentLength = -1; // RFC 9110 §9.3.6: in a 2xx to CONNECT it says nothing
    this.state = 'tunnel';
    this.tunnel = channel;
    this.deadline.dispose();
    channel.onClosed(() => {
      connection.callOver(this);
      listener.over();
    });
    if (isEnd) channel.peerEnded();
    const body = toPushBody(null);
    this.tell()?.answered({ status: 101, statusText: '', headers, body, declaredLength: null, channel });
  }

  private bodySent(error: Error | undefined): void {
    this.upload = null;
    this.isSent = true;
    if (error === undefined) this.watch();
    else this.failWith('CLIENT_BODY_FAILED', error.message, error);
  }

  private responseEnded(): void {
    if (this.state !== 'receiving') return;
    const { body } = this;
    const trailers = this.ending?.trailers ?? null;
    this.body = null;
    this.over();
    body?.end(trailers === null ? undefined : HttpHeaders.fromFields([...trailers]));
  }

  /** The call has its answer: what is left of the request is not sent. */
  private over(): void {
    const unsent = this.upload?.detach();
    this.close();
    this.resetStream();
    unsent?.cancel(new Error('The upstream answered before the request was complete'));
    this.listener.over();
  }

  /** Nothing if both sides are complete. */
  private resetStream(): void {
    if (this.stream.isClosed) return;
    this.connection.resets();
    this.stream.reset(http2Codes.CANCEL);
  }

  private close(): void {
    this.state = 'closed';
    this.upload = null;
    this.withheld = null;
    this.deadline.dispose();
    this.connection.callOver(this);
  }

  private failWith(code: ClientErrorCode, detail: string, cause?: unknown): void {
    if (this.state === 'closed') return;
    const error = callError(code, detail, this.connection.owner.origin.key, cause);
    const { body } = this;
    const unsent = this.upload?.detach() ?? this.withheld;
    this.body = null;
    this.kept = [];
    this.close();
    this.resetStream();
    const isSentAgain = this.tell()?.failed(error) === true;
    if (!isSentAgain) {
      unsent?.cancel(error);
      this.listener.over();
    }
    body?.fail(error);
  }

  private tell(): CallListener | null {
    if (this.isTold) return null;
    this.isTold = true;
    return this.listener;
  }

  private watch(): void {
    if (this.state === 'closed' || this.state === 'tunnel') return;
    const isBlocked = this.upload?.isBlocked === true;
    const awaited = awaitedOf(
      this.state,
      this.isSent,
      isBlocked,
      this.body?.isFlowing === true,
      this.withheld !== null,
    );
    const delayMs = awaitedMs(awaited, this.connection.owner.options, this.request.headTimeoutMs);
    if (delayMs === null) this.deadline.clear();
    else this.deadline.set(delayMs);
  }

  private timedOut(): void {
    if (this.withheld !== null) {
      this.proceed();
      this.watch();
      return;
    }
    // Not one frame since the request went out: the upstream may be gone without a word, and later calls would wait as long.
    if (this.readsBefore === this.connection.reads) this.connection.leave();
    this.failWith(
      this.state === 'waiting' ? 'CLIENT_HEAD_TIMEOUT' : 'CLIENT_BODY_TIMEOUT',
      this.connection.owner.origin.key,
    );
  }
}

/** Whether an answer without a body says nothing about the length that a GET would have had. */
function isAnnounced({ method }: ClientRequest, status: number): boolean {
  return method === 'HEAD' || status === 304;
}
