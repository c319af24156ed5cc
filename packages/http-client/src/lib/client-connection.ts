import { type ChannelConsumer, type Connection, HttpHeaders, toPushBody } from '@windhover/core';
import { Http1Error, type ResponseHead } from '@windhover/http-parser';
import type { Deadline, TimerWheel } from '@windhover/transport';
import { answerHint } from './answer-hint.ts';
import { awaitedMs, awaitedOf, type ConnectionState } from './awaited.ts';
import { callError } from './call-error.ts';
import type { ClientRequest, ClientResponse, ResolvedClientOptions } from './client-types.ts';
import type { ClientError, ClientErrorCode } from './errors.ts';
import { mayReuse } from './may-reuse.ts';
import { RequestSender, type RequestSenderOwner } from './request-sender.ts';
import { ResponseBody, type ResponseBodyOwner } from './response-body.ts';
import { ResponseReader, type ResponseReaderOwner } from './response-reader.ts';
import { tunnelFault } from './tunnel-fault.ts';

/** A body up to this size that arrived with its head is passed on as bytes. */
const maxInlineBytes = 16 * 1024;

/** What a call tells whoever asked for it: one of the two, once. */
export interface CallListener {
  answered(response: ClientResponse): void;
  /** Returns whether the request is sent again elsewhere; its body is then left for the next attempt. */
  failed(error: ClientError): boolean;
  /** After either of them: the call no longer needs this connection, or the tunnel that it became is closed. */
  over(): void;
}

/** What the pool does with a connection when a call is over. */
export interface ConnectionOwner {
  readonly origin: { readonly host: string; readonly key: string };
  readonly options: ResolvedClientOptions;
  readonly wheel: TimerWheel;
  idle(connection: ClientConnection): void;
  gone(connection: ClientConnection): void;
}

/** One connection to an upstream: one call at a time, the next one only when both sides of this one are complete. */
export class ClientConnection implements ChannelConsumer, ResponseBodyOwner, RequestSenderOwner, ResponseReaderOwner {
  readonly httpVersion = '1.1';
  /** The bytes with which it began, see `ClientRequest`. */
  readonly preamble: string | undefined;
  private readonly channel: Connection;
  private readonly owner: ConnectionOwner;
  private readonly sender: RequestSender;
  private readonly reader: ResponseReader = new ResponseReader(this);
  private readonly deadline: Deadline;
  private state: ConnectionState = 'idle';
  private request: ClientRequest | null = null;
  /** Whose call this is, until it is over. */
  private listener: CallListener | null = null;
  private isTold = false;
  private mayReuse = true;
  private body: ResponseBody | null = null;
  isHeld = false;
  /** Whether a byte of the current answer has come: until then, a closed connection may just have been too old. */
  hasAnswered = false;
  /** Calls that were begun on this connection. */
  calls = 0;

  constructor(channel: Connection, owner: ConnectionOwner, preamble?: string) {
    this.preamble = preamble;
    this.channel = channel;
    this.owner = owner;
    this.sender = new RequestSender(channel, owner.origin.host, this);
    this.deadline = owner.wheel.createDeadline(() => this.timedOut());
    channel.attach(this);
  }

  /** Sends a request. The connection must be idle. Throws when the request cannot be written. */
  send(request: ClientRequest, listener: CallListener): void {
    this.sender.prepare(request);
    this.reader.expect(request.method);
    this.state = 'waiting';
    this.calls += 1;
    this.request = request;
    this.listener = listener;
    this.isTold = false;
    this.hasAnswered = false;
    this.watch(); // what is awaited of the last call ends here: it must not run on under this one
    this.sender.send(request);
    if (this.sender.isWithheld) this.watch();
  }

  /** Waits in the pool for its first call. */
  keep(): void {
    this.watch();
    this.owner.idle(this);
  }

  /** Gives up the call of that listener. When it is over nothing happens: the connection may have the next one already. */
  abort(listener: CallListener, reason: Error): void {
    if (this.listener === listener) this.failWith('CLIENT_ABORTED', reason.message, reason);
  }

  /** Sends no more of the body of that listener's call. */
  releaseBody(listener: CallListener): void {
    if (this.listener === listener) this.sender.detach();
  }

  /** Closes the connection silently. It leaves the pool at once, not only when the close completes. */
  retire(): void {
    this.state = 'closed';
    this.owner.gone(this);
    this.channel.destroy();
  }

  sendFailed(): void {
    this.retire();
  }

  /** Closes the connection. A running exchange fails. */
  destroy(): void {
    this.channel.destroy();
  }

  data(chunk: Uint8Array): void {
    if (this.state === 'idle') {
      this.retire(); // unexpected bytes would be read as the next answer
      return;
    }
    const isFirst = !this.hasAnswered;
    this.hasAnswered = true;
    try {
      this.reader.read(chunk);
    } catch (error) {
      this.readingFailed(error, isFirst ? answerHint(chunk) : '');
    }
  }

  end(): void {
    if (this.state === 'waiting' || this.state === 'receiving') {
      this.mayReuse = false;
      try {
        if (this.reader.finish()) this.responseEnded();
      } catch (error) {
        this.readingFailed(error);
      }
    }
    if (this.state === 'idle') this.retire();
    else if (this.state !== 'tunnel') this.channel.destroy();
  }

  drain(): void {
    this.sender.drained();
  }

  close(error?: Error): void {
    const isOver = this.state === 'idle' || this.state === 'closed';
    if (!isOver) this.failWith(this.closeCode(), error?.message ?? this.owner.origin.key, error);
    this.state = 'closed';
    this.deadline.dispose();
    this.owner.gone(this);
  }

  pauseBody(): void {
    this.watch();
    if (this.isHeld) return;
    this.isHeld = true;
    this.channel.pause();
  }

  resumeBody(): void {
    this.watch();
    if (!this.isHeld) return;
    this.isHeld = false;
    this.channel.resume();
  }

  cancelBody(reason: Error): void {
    if (this.state === 'receiving') this.failWith('CLIENT_ABORTED', reason.message, reason);
  }

  sendingChanged(): void {
    this.watch();
  }

  bodyFailed(error: Error): void {
    this.failWith('CLIENT_BODY_FAILED', error.message, error);
  }

  get isReading(): boolean {
    return this.state !== 'closed' && this.state !== 'idle';
  }

  get isTunnelling(): boolean {
    return this.state === 'waiting' && this.reader.head.isTunnel;
  }

  unread(bytes: Uint8Array): void {
    this.channel.unread(bytes);
  }

  receivedBody(bytes: Uint8Array): void {
    this.body?.push(bytes);
    this.watch();
  }

  receivedEnd(hasMore: boolean): void {
    if (hasMore && this.state === 'receiving') this.mayReuse = false; // an answer too many
    this.responseEnded();
  }

  receivedHead(head: ResponseHead, chunk: Uint8Array, offset: number): number {
    if (head.isTunnel) {
      const fault = tunnelFault(head, this.request?.upgrade, this.sender.isSent);
      if (fault !== null) this.failWith('CLIENT_BAD_RESPONSE', fault);
      return offset;
    }
    const headers = HttpHeaders.fromFields(head.fields as string[]);
    if (head.status < 200) {
      if (head.status === 100) this.sender.proceed();
      this.watch(); // the upstream is at work (102 says so); the parser limits how many 1xx come
      this.request?.onInform?.(head.status, headers);
      return offset;
    }
    this.state = 'receiving';
    this.mayReuse = mayReuse(head, this.request?.upgrade !== undefined);
    const length = head.framing === 'none' ? 0 : head.framing === 'length' ? head.contentLength : null;
    const { status, statusText } = head;
    const declaredLength = head.framing === 'none' ? head.contentLength : length;
    if (length !== null && length <= maxInlineBytes && chunk.byteLength - offset >= length) {
      // The whole body is here: free the connection before anybody looks at the answer.
      const body = new Uint8Array(chunk.subarray(offset, offset + length));
      const listener = this.take();
      const end = this.reader.skipBody(chunk, offset);
      if (end < chunk.byteLength) this.mayReuse = false; // an answer too many
      listener?.answered({ status, statusText, headers, body, declaredLength, channel: null });
      this.responseEnded();
      return end;
    }
    const body = new ResponseBody(length, this);
    this.body = body;
    this.pauseBody(); // until the reader starts it
    this.take()?.answered({ status, statusText, headers, body, declaredLength, channel: null });
    return offset;
  }

  private responseEnded(): void {
    const { body } = this;
    if (this.state !== 'receiving') return; // the end of a 1xx
    const { trailers } = this.reader;
    this.body = null;
    // An upstream that answered without reading everything would read the rest as its next request.
    if (this.sender.stopEarly()) this.mayReuse = false;
    this.callDone();
    body?.end(trailers === null ? undefined : HttpHeaders.fromFields([...trailers]));
  }

  private callDone(): void {
    const { listener } = this;
    this.request = null;
    this.listener = null;
    this.state = 'idle';
    listener?.over();
    this.resumeIfHeld();
    if (!this.mayReuse) {
      this.retire();
      return;
    }
    this.watch();
    this.owner.idle(this);
  }

  private resumeIfHeld(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.channel.resume();
  }

  startTunnel(rest: Uint8Array): void {
    const { channel, reader } = this;
    this.state = 'tunnel';
    this.deadline.dispose();
    this.owner.gone(this);
    const { status, statusText, fields } = reader.head;
    channel.pause(); // until its new owner attaches
    channel.unread(rest);
    const body = toPushBody(null);
    const headers = HttpHeaders.fromFields(fields as string[]);
    const { listener } = this;
    if (listener !== null) channel.onClosed(() => listener.over());
    this.take()?.answered({ status, statusText, headers, body, declaredLength: null, channel });
  }

  /** Sets the deadline for the event awaited now. Call it whenever that event changes, or when bytes of it arrive. */
  private watch(): void {
    const { isSent, isBlocked, isWithheld } = this.sender;
    const awaited = awaitedOf(this.state, isSent, isBlocked, this.body?.isFlowing === true, isWithheld);
    const delayMs = awaitedMs(awaited, this.owner.options, this.request?.headTimeoutMs);
    if (delayMs === null) this.deadline.clear();
    else this.deadline.set(delayMs);
  }

  private timedOut(): void {
    if (this.state === 'idle') this.retire();
    else if (this.sender.isWithheld) {
      this.sender.proceed();
      this.watch();
    } else
      this.failWith(this.state === 'waiting' ? 'CLIENT_HEAD_TIMEOUT' : 'CLIENT_BODY_TIMEOUT', this.owner.origin.key);
  }

  private readingFailed(error: unknown, hint = ''): void {
    if (!Http1Error.is(error)) throw error;
    const isCut = error.code === 'HTTP1_TRUNCATED_HEAD' || error.code === 'HTTP1_TRUNCATED_BODY';
    if (isCut) this.failWith(this.closeCode(), error.message, error);
    else this.failWith('CLIENT_BAD_RESPONSE', `${error.message}${hint}`, error);
  }

  private closeCode(): ClientErrorCode {
    return this.state === 'waiting' ? 'CLIENT_CLOSED_EARLY' : 'CLIENT_BODY_TRUNCATED';
  }

  private failWith(code: ClientErrorCode, detail: string, cause?: unknown): void {
    if (this.state === 'closed' || this.state === 'idle') return;
    const error = callError(code, detail, this.owner.origin.key, cause);
    const { body } = this;
    this.state = 'closed';
    this.body = null;
    this.deadline.clear();
    this.channel.destroy();
    const unsent = this.sender.detach();
    const { listener } = this;
    const isSentAgain = this.take()?.failed(error) === true;
    if (!isSentAgain) {
      unsent?.cancel(error);
      listener?.over();
    }
    body?.fail(error);
  }

  private take(): CallListener | null {
    const listener = this.isTold ? null : this.listener;
    this.isTold = true;
    return listener;
  }
}
