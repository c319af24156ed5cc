import { type ChannelConsumer, type Connection, HttpError, type Outcome } from '@windhover/core';
import { Http1Error, type RequestHead } from '@windhover/http-parser';
import { awaitedOf } from './awaited-of.ts';
import { closeAtOnce } from './close-at-once.ts';
import type { Engine, EngineConnection } from './engine.ts';
import { serverError, serverErrors } from './errors.ts';
import type { ExchangeOwner, OwnedExchange } from './exchange-owner.ts';
import { Http1Exchange } from './http1-exchange.ts';
import { isWornOut } from './is-worn-out.ts';
import { isWorthReading } from './is-worth-reading.ts';
import { Linger } from './linger.ts';
import { protocolHint } from './protocol-hint.ts';
import { type Awaited, ReadDeadline } from './read-deadline.ts';
import { refusal } from './refusal.ts';
import { RequestReader, type RequestReaderOwner } from './request-reader.ts';
import type { RequestUnderWay } from './request-under-way.ts';
import { type Cut, ResponseWriter } from './response-writer.ts';
import { startTunnel } from './start-tunnel.ts';
import { whenTunnelEnds } from './when-tunnel-ends.ts';

/**
 * Serves one HTTP/1.1 connection. Requests are read one after the other and answered in order. Bytes that arrive during
 * an answer (pipelining) are kept, up to a limit, so that a disconnect is still noticed.
 */
export class Http1Connection implements ChannelConsumer, EngineConnection, ExchangeOwner, RequestReaderOwner {
  readonly channel: Connection;
  readonly protocol = 'HTTP/1.1';
  readonly engine: Engine;
  readonly writer: ResponseWriter;
  private readonly reader: RequestReader;
  private readonly deadline: ReadDeadline;
  private state: 'open' | 'lingering' | 'tunnel' | 'closed' = 'open';
  private exchange: Http1Exchange | null = null;
  /** Whether the answer under way is the last one on this connection. */
  private isLast = false;
  /** Whether only the end of the connection ends the answer under way. */
  private isUntilClose = false;
  private isPaused = false;
  /** Set when the client has half-closed (sent its FIN). */
  private peerEnd: Error | null = null;
  private lingering: Linger | null = null;
  private requests = 0;
  /** Whether the client has sent a whole request and announced that it is its last one. */
  private isClientDone = false;
  private cutBy: Cut | null = null;
  /** Starts the tunnel. Called once the unread bytes after the request are back in the channel. */
  private openTunnel: (() => void) | null = null;

  constructor(channel: Connection, engine: Engine) {
    this.channel = channel;
    this.engine = engine;
    this.writer = new ResponseWriter(channel, engine, (unread) => this.clientTooSlow(unread));
    this.reader = new RequestReader(this, engine);
    this.deadline = new ReadDeadline(engine, (awaited) => this.timedOut(awaited));
    engine.connections.add(this);
    channel.attach(this);
    this.deadline.wait('request');
  }

  data(chunk: Uint8Array): void {
    if (this.state === 'open') this.reader.data(chunk);
    else this.lingering?.data(chunk.byteLength);
  }

  end(): void {
    if (this.state === 'lingering' && this.exchange === null) return; // over: nobody asks why, and an error costs 20 µs
    this.peerEnd = serverError('SERVER_CLIENT_CLOSED', 'it sent its end');
    if (this.engine.halfClose === 'abort') this.exchange?.clientEnded(this.peerEnd);
    this.settled();
  }

  drain(): void {
    this.writer.drained();
    if (this.state === 'open' && this.exchange === null) this.reader.pump(); // pipelined requests waited for the drain
  }

  close(error?: Error): void {
    const { exchange, writer, cutBy } = this;
    this.state = 'closed';
    this.exchange = null;
    this.deadline.dispose();
    this.engine.connections.delete(this);
    if (exchange === null && !writer.hasUnsent) {
      writer.close(null);
      return;
    }
    const reason = cutBy ?? {
      end: 'client-closed',
      error: serverError('SERVER_CLIENT_CLOSED', error?.message, error),
      unsentBytes: this.channel.pendingBytes,
    };
    const isOrderly = cutBy === null && error === undefined;
    writer.close(isOrderly ? null : reason);
    exchange?.connectionClosed(reason);
  }

  shutdown(): void {
    if (this.state !== 'open' || this.exchange !== null) return; // the answer under way may not have announced a close
    if (this.engine.drainIdleMs === 0) this.closeSoon();
    else this.deadline.wait(this.awaited());
  }

  cutEventStreams(): void {
    if (this.exchange?.isEventStream === true) this.abandon();
  }

  cutOlder(than: number): number {
    if (this.exchange === null || this.exchange.startedAt >= than) return 0;
    this.abandon();
    return 1;
  }

  get requestsUnderWay(): readonly RequestUnderWay[] {
    const { exchange, reader } = this;
    if (exchange === null || exchange.state === 'done') return [];
    const { context, startedAt, state } = exchange;
    const before = reader.isRequestRead ? 'handling' : 'receiving';
    return [{ context, startedAt, stage: state === 'sending' ? 'answering' : before }];
  }

  abandon(): void {
    this.cut('shutdown', serverError('SERVER_SHUTDOWN'));
  }

  get hasAnswered(): boolean {
    return this.requests > 1;
  }

  get isRequestRead(): boolean {
    return this.reader.isRequestRead;
  }

  bodyChanged(): void {
    if (this.state === 'open') this.reader.pump();
  }

  decideIsLast(head: RequestHead, isUntilClose: boolean): boolean {
    this.isUntilClose = isUntilClose;
    this.isLast ||=
      !head.keepAlive ||
      head.method === 'CONNECT' || // refused; bytes that the client sent early were meant for the tunnel
      isUntilClose ||
      isWornOut(this.engine.limits, this.requests, this.deadline.ageMs) ||
      (this.engine.drainIdleMs !== null && !this.hasNextRequest) ||
      this.isNotWorthReading() ||
      (this.engine.surplus > 0 && this.isShed());
    return this.isLast;
  }

  responseDone(exchange: OwnedExchange, isGivenUp: boolean): void {
    this.isLast ||= isGivenUp;
    if (!this.reader.isRequestRead) exchange.source!.discard(serverError('SERVER_BODY_UNREAD'));
    this.writer.finished(exchange.hasSentListeners ? exchange : null);
    if (this.isLast) this.closeGracefully();
    else if (this.reader.isRequestRead) this.exchange = null;
    this.reader.pump();
  }

  /**
   * Resets the connection in the middle of an answer. An orderly end would make a body without a length look complete.
   */
  cut(end: Outcome['end'], error: Error): void {
    this.writer.flush(); // sends what was written in this turn
    this.cutBy ??= { end, error, unsentBytes: this.channel.pendingBytes };
    this.channel.reset();
  }

  handOver(head: string, upgrade: (connection: Connection) => void, exchange: OwnedExchange): void {
    const { channel, writer, engine } = this;
    this.state = 'tunnel';
    this.exchange = null;
    engine.connections.delete(this);
    engine.tunnels.set(channel, exchange.startedAt);
    this.deadline.dispose();
    writer.write(head);
    writer.flush(); // sends earlier answers too
    writer.close(null);
    channel.pause(); // bytes that arrive before the tunnel attaches wait for it
    whenTunnelEnds(channel, exchange, engine.forgetTunnel);
    this.openTunnel = () => startTunnel(channel, upgrade, exchange, engine);
    if (!this.reader.isConsuming) this.settled();
  }

  wantsBytes(): boolean {
    if (this.state !== 'open') return false;
    if (this.exchange === null) return !this.writer.isFull;
    return !this.reader.isRequestRead && this.exchange.source!.isWanted;
  }

  requestBegun(head: RequestHead, startedAt: number, now: number): void {
    this.deadline.newRequest();
    this.requests += 1;
    this.isClientDone = !head.keepAlive && this.reader.isRequestRead;
    let exchange: Http1Exchange;
    try {
      exchange = new Http1Exchange(this, head, startedAt);
    } catch (error) {
      if (!HttpError.is(error)) throw error;
      this.refuse(error.status, error.code, error.message, head.method === 'HEAD');
      return;
    }
    this.exchange = exchange;
    exchange.begin(now);
    if (this.peerEnd !== null && this.engine.halfClose === 'abort') exchange.clientEnded(this.peerEnd);
  }

  bodyArrived(bytes: Uint8Array): void {
    const source = this.exchange!.source!;
    this.deadline.bodyBytes += bytes.byteLength;
    source.push(bytes);
    if (source.discardedBytes <= this.engine.limits.maxDiscardedBytes) return;
    this.requestFailed(new HttpError(413, 'SERVER_BODY_UNREAD', 'The request body is larger than is discarded'));
  }

  requestEnded(trailers: readonly string[] | null): void {
    const exchange = this.exchange!;
    exchange.source!.finish(trailers === null ? undefined : headerPairs(trailers));
    if (exchange.state === 'done') this.exchange = null;
    else exchange.requestEnded();
  }

  readFailed(error: unknown, input: Uint8Array): void {
    if (!Http1Error.is(error)) throw error;
    const { status, code, message } = error;
    if (this.exchange === null) {
      this.refuse(status, code, this.requests === 0 ? message + protocolHint(input) : message, false);
      return;
    }
    this.bodyFailed(new HttpError(status, code, message, { cause: error }));
  }

  /** Nothing more can be read now: sets the deadline for the event that is awaited next. */
  settled(now: number = this.engine.wheel.now): void {
    const { reader } = this;
    if (this.state === 'tunnel') this.leaveToTunnel();
    if (this.state !== 'open') return;
    if (this.peerEnd !== null && reader.keptBytes === 0 && !reader.hasUntold) this.inputEnded(this.peerEnd);
    this.setPaused(this.state === 'open' && reader.keptBytes >= this.engine.limits.maxBufferedBytes);
    const awaited = this.awaited();
    // `now` was taken before the answer was decided: exact enough for the idle timeout, but not for shorter deadlines.
    this.deadline.wait(awaited, awaited === 'request' ? Math.max(now, this.engine.writes.addedAt) : undefined);
  }

  private leaveToTunnel(): void {
    const { openTunnel, reader } = this;
    this.openTunnel = null;
    if (reader.keptBytes > 0) this.channel.unread(reader.takeKept());
    openTunnel?.();
  }

  /** The client has half-closed, and everything before its FIN was read. */
  private inputEnded(reason: Error): void {
    const { exchange } = this;
    if (exchange === null) {
      if (!this.reader.isIdle) this.report(0, 'HTTP1_TRUNCATED_HEAD', 'The client sent its end inside a request head');
      this.closeGracefully();
    } else if (!this.reader.isRequestRead) {
      exchange.clientEnded(reason);
      this.requestFailed(reason);
    }
  }

  /**
   * The body violated a rule or a limit. The handler decides the answer, so the error is reported with the status it
   * chose.
   */
  private bodyFailed(error: HttpError): void {
    this.exchange!.whenAnswered((status) => this.report(status, error.code, error.message));
    this.requestFailed(error);
  }

  /** The rest of the request will not be read, so the connection closes after the answer. */
  private requestFailed(error: Error): void {
    const exchange = this.exchange!;
    this.isLast = true;
    this.reader.isRequestRead = true;
    exchange.requestFailed(error);
    if (exchange.state === 'done') this.closeGracefully();
  }

  /** Whether closing is cheaper than reading the rest of the request, or the rest may never come. */
  private isNotWorthReading(): boolean {
    const { exchange, deadline, engine } = this;
    if (this.reader.isRequestRead || exchange === null) return false;
    return exchange.isBodyUnasked || !isWorthReading(exchange.source!, deadline.bodyBytes, engine.limits);
  }

  /**
   * Whether another request, or a part of it, has arrived after the current one. It is still answered during a stop.
   */
  private get hasNextRequest(): boolean {
    return this.reader.isRequestRead && this.reader.hasMore;
  }

  /**
   * Whether to shed this connection; if so, counts it. The client must be able to reconnect without losing anything: it
   * has no other request on its way here, and its answer is not an event stream.
   */
  private isShed(): boolean {
    const { exchange, reader } = this;
    if (!reader.isRequestRead || reader.hasMore || exchange?.isOfEvents === true) return false;
    this.engine.surplus -= 1;
    return true;
  }

  private awaited(): Awaited {
    return this.state === 'lingering' ? 'linger' : awaitedOf(this.exchange, this.reader, this.writer);
  }

  private setPaused(isPaused: boolean): void {
    if (isPaused === this.isPaused) return;
    this.isPaused = isPaused;
    if (isPaused) this.channel.pause();
    else this.channel.resume();
  }

  /**
   * Closes an idle connection in the next turn of the event loop, unless a request arrives before: it is still read.
   */
  private closeSoon(): void {
    this.isLast = true;
    setImmediate(() => {
      if (this.exchange === null && this.reader.isIdle) this.closeGracefully();
    });
  }

  /** Answers a request that never reached a handler, and closes. */
  private refuse(status: number, code: string, message: string, isHead: boolean): void {
    this.report(status, code, message);
    const { date, wheel } = this.engine;
    this.writer.write(refusal(status, message, isHead, date.at(wheel.now)));
    this.closeGracefully();
  }

  report(status: number, code: string, message: string): void {
    this.engine.onProtocolError({ code, message, status, connection: this.channel.info });
  }

  /** Half-closes the connection and lingers: reads on for a while. */
  private closeGracefully(): void {
    if (this.state !== 'open') return;
    const { exchange } = this;
    this.state = 'lingering';
    this.exchange = null;
    if (this.isClientDone && exchange !== null && !this.reader.hasMore) {
      if (closeAtOnce(this.channel, this.writer, exchange.bytesSent)) return;
    }
    this.setPaused(false);
    this.lingering = new Linger(this.channel, this.engine.limits, this.deadline);
  }

  private timedOut(awaited: Awaited): void {
    if (awaited === 'request') this.closeSoon();
    else if (awaited === 'head') this.refuse(408, 'SERVER_HEADERS_TIMEOUT', serverErrors.SERVER_HEADERS_TIMEOUT, false);
    else if (awaited === 'body' || awaited === 'discard') this.bodyTooSlow();
    else if (awaited === 'answer') this.exchange?.giveUp();
    else this.lingering?.timedOut();
  }

  private bodyTooSlow(): void {
    const code = 'SERVER_BODY_TOO_SLOW';
    const error = new HttpError(408, code, serverErrors[code]);
    if (this.exchange?.state === 'done') this.requestFailed(error);
    else this.bodyFailed(error);
  }

  /**
   * A reset loses the bytes that the kernel still holds for the client. It is used if there are none, or if the answer
   * ends with its connection and would look complete without a reset.
   */
  private clientTooSlow(unread: number | null): void {
    const { channel } = this;
    const error = serverError('SERVER_RESPONSE_TOO_SLOW');
    this.report(0, error.code, error.message);
    this.cutBy ??= { end: 'deadline', error, unsentBytes: channel.pendingBytes + (unread ?? 0) };
    if (unread === 0 || this.isUntilClose) channel.reset();
    else channel.destroy();
  }
}

function* headerPairs(fields: readonly string[]): Generator<readonly [string, string]> {
  for (let index = 0; index < fields.length; index += 3) yield [fields[index + 2]!, fields[index + 1]!];
}
